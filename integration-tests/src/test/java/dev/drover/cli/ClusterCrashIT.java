package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MoveStatus;
import dev.drover.api.link.LinkException;
import dev.drover.lab.Host;
import dev.drover.lab.Layout;
import dev.drover.protocol.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three monitors, three hosts, several guests: in each move the leader or an agent is killed, by
 * chance. Each VM ends on one host only, with all that it wrote, and nothing is left over. A
 * failure names its seed; {@code -Ddrover.crash.seed=S} begins with the same kills, though not to
 * the millisecond.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ClusterCrashIT {
    private static final int HOSTS = 3;
    private static final String AGENT = "agent";

    /** Those that every move comes to while nothing goes wrong. */
    private static final Phase[] PHASES =
            EnumSet.range(Phase.INSTANTIATE, Phase.RELEASE).toArray(Phase[]::new);

    private final long seed = Long.getLong("drover.crash.seed", new SplittableRandom().nextLong());
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void aFewCrashes() throws Exception {
        crash(2, 3);
    }

    @Test
    @Tag("campaign")
    void manyCrashes() throws Exception {
        crash(8, Integer.getInteger("drover.crash.moves", 30));
    }

    private void crash(int guests, int moves) throws Exception {
        Path state = Path.of("/var/lib/drover/crash-it");
        try (SmallVms vms = SmallVms.boot("crash", state, HOSTS, guests)) {
            for (int move = 1; move <= moves; move++) {
                String vm = vms.names().get(random.nextInt(guests));
                move(vms, vm, "seed " + seed + ", move " + move + " of " + vm);
            }
            evacuate(vms, vms.awaitSettled(vms.names().get(random.nextInt(guests))));
        }
        assertThat(Drover.processes().values()).noneMatch(line -> line.contains(state + "/"));
    }

    /** Who is killed, and when. */
    private record Kill(Host machine, String role, Phase at, long laterNanos) {
        @Override
        public String toString() {
            return role + " of " + machine.name() + " in " + at;
        }
    }

    private void move(SmallVms vms, String vm, String what) throws Exception {
        vms.cluster().awaitHosts(HOSTS);
        String source = vms.user().active(vm).active().host();
        String target = Layout.hostName(other(Integer.parseInt(source.substring(1))));
        Kill kill = kill(vms);
        vms.loaded(vm);
        Optional<MoveStatus> end = follow(vms, vm, target, kill);
        String host = vms.awaitSettled(vm);
        String how = what + " from " + source + " to " + target + ", " + kill + ": " + end;
        System.err.println(how);
        assertThat(host).as(how).isIn(source, target);
        vms.assertWhole(vm, how);
    }

    private int other(int host) {
        return (host + random.nextInt(HOSTS - 1)) % HOSTS + 1;
    }

    /** The leader, or the agent of any host, whether it has to do with the move or not. */
    private Kill kill(SmallVms vms) {
        int who = random.nextInt(HOSTS + 1);
        return new Kill(
                who == 0 ? vms.cluster().lab().monitor() : vms.cluster().lab().host(who),
                who == 0 ? DemoCluster.monitorRole(vms.user().monitor()) : AGENT,
                PHASES[random.nextInt(PHASES.length)],
                random.nextLong(200_000_000));
    }

    /** Empty when the move did not begin. */
    private static Optional<MoveStatus> follow(SmallVms vms, String vm, String target, Kill kill)
            throws Exception {
        AtomicBoolean killed = new AtomicBoolean();
        Optional<MoveStatus> end = Optional.empty();
        try {
            String id = vms.user().startMove(vm, target, Optional.empty());
            end =
                    Optional.of(
                            vms.user()
                                    .follow(
                                            id,
                                            status -> {
                                                boolean due =
                                                        status.state().phase().compareTo(kill.at())
                                                                >= 0;
                                                if (due && !killed.getAndSet(true)) {
                                                    strike(vms, kill);
                                                }
                                            }));
        } catch (LinkException.RemoteFailure e) {
            System.err.println("It was refused: " + e.getMessage());
        }
        if (!killed.get()) {
            strike(vms, kill);
        }
        return end;
    }

    private static void strike(SmallVms vms, Kill kill) throws InterruptedException {
        // A moment by chance is the point here, not a wait for anything.
        LockSupport.parkNanos(kill.laterNanos());
        vms.cluster().services().down(kill.machine(), kill.role());
        vms.cluster().services().up(kill.machine(), kill.role());
    }

    private static void evacuate(SmallVms vms, String host) throws Exception {
        vms.cluster().awaitHosts(HOSTS);
        ProcessBuilder builder =
                new ProcessBuilder(Drover.command("host", "evacuate", host))
                        .redirectErrorStream(true);
        builder.environment().put("DROVER_CONFIG", vms.contexts().toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        System.err.println(said);
        assertThat(said).containsPattern("vm[0-9] +moved +h");
        for (String vm : List.copyOf(vms.names())) {
            assertThat(vms.awaitSettled(vm)).as(said).isNotEqualTo(host);
            vms.assertWhole(vm, "after the evacuation of " + host);
        }
    }
}
