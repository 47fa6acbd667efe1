package dev.drover.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work of this very process inside a namespace: sockets made there stay there, whoever uses them
 * later. By a thread of its own that enters by setns(2) and ends with the work.
 */
public final class InNamespace {
    /** O_RDONLY | O_CLOEXEC of asm-generic/fcntl.h. */
    private static final int READ_CLOEXEC = 02000000;

    /** linux/sched.h. */
    private static final int CLONE_NEWNET = 0x40000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            handle(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS =
            handle(
                    "setns",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private InNamespace() {}

    /**
     * Does {@code work} in {@code namespace}.
     *
     * @throws LabException when the namespace cannot be entered, or for a checked exception
     */
    public static <T> T call(Namespace namespace, Callable<T> work) throws InterruptedException {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    enter(namespace);
                    return work.call();
                });
        Thread.ofPlatform().daemon().name("in-" + namespace.name()).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case IOException cause -> throw new UncheckedIOException(cause);
                case null, default ->
                        throw new LabException("Work in " + namespace.name() + " failed", e);
            }
        }
    }

    private static void enter(Namespace namespace) {
        try (Arena arena = Arena.ofConfined()) {
            int fd =
                    (int)
                            OPEN.invokeExact(
                                    arena.allocateFrom(namespace.file().toString()), READ_CLOEXEC);
            int entered = fd < 0 ? fd : (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            if (fd >= 0) {
                int _ = (int) CLOSE.invokeExact(fd);
            }
            if (entered != 0) {
                throw new LabException(
                        "The namespace " + namespace.name() + " cannot be entered; is it there?");
            }
        } catch (LabException e) {
            throw e;
        } catch (Throwable e) {
            throw new LabException("The kernel cannot be called", e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment address = LINKER.defaultLookup().find(name).orElseThrow();
        return LINKER.downcallHandle(address, type, options);
    }
}
