package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.HostCapacity;
import dev.drover.api.HostFacts;
import dev.drover.api.HostMessage;
import dev.drover.api.ImageMessage;
import dev.drover.api.ImageStream;
import dev.drover.api.KeptVolume;
import dev.drover.api.MonitorMessage;
import dev.drover.api.SourceMessage;
import dev.drover.api.TargetMessage;
import dev.drover.api.VmMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.Caller;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.LinkServer;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.HostFailure;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.State;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An agent that does nothing, says that it did, and remembers what it was told of one VM. */
final class TestHost implements Service, AutoCloseable {
    static final HostCapacity CAPACITY = new HostCapacity(2, 4L << 30, 8L << 30, "CPU", "vmbr0");
    static final HostFacts FACTS = new HostFacts("7.2.22", "tcg", "pc-i440fx-7.2", 1500);

    private final String name;
    private final Identity identity;
    private final String vm;
    private final Peer peer;
    private final BlockingQueue<HostMessage> told = new LinkedBlockingQueue<>();

    /** Closed, so that whoever is told to instantiate takes his time. */
    private final CountDownLatch instantiated;

    private final boolean creates;
    private final Map<Class<?>, CountDownLatch> slow = new ConcurrentHashMap<>();
    private final Map<String, KeptVolume> kept = new ConcurrentHashMap<>();
    private volatile boolean refusing;
    private volatile boolean forgetful;
    private volatile Map<String, String> labels = Map.of();
    private final Map<String, String> images = new ConcurrentHashMap<>();
    private final BlockingQueue<String> droppedImages = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> failedImages = new LinkedBlockingQueue<>();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private volatile boolean stalling;
    private volatile @Nullable LinkServer server;

    private TestHost(
            InetSocketAddress monitor,
            Identity identity,
            String vm,
            CountDownLatch instantiated,
            boolean creates) {
        this.name = identity.subject().name();
        this.identity = identity;
        this.vm = vm;
        this.instantiated = instantiated;
        this.creates = creates;
        this.peer = Peer.connect(monitor, identity, Subject.monitor(), this, LinkLimits.USUAL);
    }

    /** Obeys at once. */
    static TestHost connect(InetSocketAddress monitor, Identity identity, String vm) {
        return new TestHost(monitor, identity, vm, new CountDownLatch(0), true);
    }

    /** Instantiates only after {@code instantiated}. */
    static TestHost slow(
            InetSocketAddress monitor, Identity identity, String vm, CountDownLatch instantiated) {
        return new TestHost(monitor, identity, vm, instantiated, true);
    }

    /** Creates no VM. */
    static TestHost full(InetSocketAddress monitor, Identity identity, String vm) {
        return new TestHost(monitor, identity, vm, new CountDownLatch(0), false);
    }

    static HostAddress address(String name) {
        return new HostAddress(name, "127.0.0.1", 1);
    }

    /** Answers a message of this kind only after {@code until}. */
    void slowIn(Class<? extends HostMessage> kind, CountDownLatch until) {
        slow.put(kind, until);
    }

    /** Whether it refuses to make VMs, to put them to sleep, and to be the target of a move. */
    void refusing(boolean now) {
        refusing = now;
    }

    /** Whether it says that it has no VM. */
    void forgetful(boolean now) {
        forgetful = now;
    }

    /** What its operator gave it, from the next hello on. */
    void labels(Map<String, String> now) {
        labels = now;
    }

    /** Takes base images from now on, by an address that it says with the next hello. */
    void takeImages() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = LinkServer.listen(any, identity, _ -> this);
    }

    /** Takes nothing of the next base image; returns what opens when that has begun to come. */
    CountDownLatch stallImages() {
        stalling = true;
        return stalled;
    }

    /** Its link to the monitor ends, and nothing else. */
    void leave() {
        peer.close();
    }

    /** The text of each base image that it has, by SHA-256. */
    Map<String, String> images() {
        return images;
    }

    /** The SHA-256 of each that it was told to drop. */
    BlockingQueue<String> droppedImages() {
        return droppedImages;
    }

    /** The SHA-256 of each that did not come whole. */
    BlockingQueue<String> failedImages() {
        return failedImages;
    }

    private HostAddress said(String called) {
        LinkServer now = server;
        return now == null
                ? address(called)
                : new HostAddress(called, "127.0.0.1", now.address().getPort());
    }

    /** Says hello, in its own name. */
    void hello(MonitorMessage.Holding... holdings) throws InterruptedException {
        helloAs(name, holdings);
    }

    void helloAs(String called, MonitorMessage.Holding... holdings) throws InterruptedException {
        say(
                new MonitorMessage.Hello(
                        said(called),
                        FACTS,
                        Optional.of(CAPACITY),
                        labels,
                        List.copyOf(images.keySet()),
                        List.of(holdings)));
    }

    void say(MonitorMessage message) throws InterruptedException {
        peer.call(Wire.verb((Record) message), message, Void.class);
    }

    /** What it is told next. */
    HostMessage next() throws InterruptedException {
        HostMessage next = told.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError(name + " was told nothing for 20 s");
        }
        return next;
    }

    /** What it is told next of this kind. */
    <T extends HostMessage> T nextOf(Class<T> kind) throws InterruptedException {
        HostMessage next = next();
        while (!kind.isInstance(next)) {
            next = next();
        }
        return kind.cast(next);
    }

    @Override
    public @Nullable Object answer(Caller caller, String verb, JsonNode body)
            throws InterruptedException {
        HostMessage message = Wire.hostMessage(verb, body);
        if (vmOf(message).equals(vm)) {
            told.add(message);
        }
        CountDownLatch until = slow.get(message.getClass());
        if (until != null) {
            until.await();
        }
        return switch (message) {
            case VmMessage.Fit _ when refusing -> throw new HostFailure("There is no room");
            case VmMessage.Fit(var vm, _) -> vm;
            case VmMessage.Have _ -> !forgetful;
            case VmMessage.Create _ when !creates -> throw new HostFailure("There is no room");
            case VmMessage.Sleep _ when refusing -> throw new HostFailure("There is no room");
            case VmMessage.Wake _ -> VmMessage.Woken.BOOTED;
            case VmMessage.Destroy(_, String name, var keep) -> {
                keep.ifPresent(time -> keep(name, time));
                yield null;
            }
            case VmMessage.AskKept _ -> new VmMessage.KeptAnswer(List.copyOf(kept.values()));
            case VmMessage.RemoveKept(_, String id) -> {
                kept.remove(id);
                yield null;
            }
            case TargetMessage.Instantiate _ when refusing ->
                    throw new HostFailure("There is no room");
            case TargetMessage.Instantiate _ -> {
                instantiated.await();
                yield null;
            }
            case SourceMessage.NextRound _ -> new RoundOffer(1, 0, "round", "bitmap");
            case SourceMessage.AwaitConverged _ -> true;
            case SourceMessage.HandOver _ -> new State.PauseEnd.Voted();
            case SourceMessage.DigestSource _, TargetMessage.DigestTarget _ ->
                    new ContentDigest(0, List.of());
            case SourceMessage.RollBack _, SourceMessage.AskSourceFigures _ -> SourceFigures.NONE;
            case TargetMessage.AskTargetFigures _ -> TargetFigures.NONE;
            case ImageMessage.DropImage(_, String sha256) -> {
                images.remove(sha256);
                droppedImages.add(sha256);
                yield null;
            }
            case HostMessage _ -> null;
        };
    }

    private void keep(String destroyed, Duration time) {
        String id = destroyed + "-" + name;
        String path = "/kept/" + id + "/disk.raw";
        Instant until = Instant.EPOCH.plus(time);
        kept.put(id, new KeptVolume(id, destroyed, "raw", 8192, 4096, path, Instant.EPOCH, until));
    }

    private static String vmOf(HostMessage message) {
        return switch (message) {
            case SourceMessage m -> m.order().plan().vm();
            case TargetMessage m -> m.order().plan().vm();
            case VmMessage.Fit(var spec, _) -> spec.name();
            case VmMessage.Create(_, var spec, _, _) -> spec.name();
            case VmMessage.Have(String name) -> name;
            case VmMessage.Destroy(_, String name, _) -> name;
            case VmMessage.AskKept _, VmMessage.RemoveKept _ -> "";
            case VmMessage.KillQemu(String name) -> name;
            case VmMessage.Wake(_, String name, _) -> name;
            case VmMessage.Sleep(_, String name, _) -> name;
            case VmMessage.Stop(_, String name, _, _) -> name;
            case VmMessage.Die(), ImageMessage _ -> "no VM";
        };
    }

    @Override
    public void stream(
            Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        if (!(Json.read(header, ImageStream.class) instanceof ImageStream.Offer offer)
                || refusing) {
            throw new HostFailure("There is no room");
        }
        out.flush();
        if (stalling) {
            stalled.countDown();
            new CountDownLatch(1).await();
        }
        try {
            images.put(offer.sha256(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            failedImages.add(offer.sha256());
            throw e;
        }
        out.write(Json.write(new ImageStream.Facts(VmSpec.Format.QCOW2, 1 << 30)));
    }

    @Override
    public void close() {
        peer.close();
        LinkServer now = server;
        if (now != null) {
            now.close();
        }
    }
}
