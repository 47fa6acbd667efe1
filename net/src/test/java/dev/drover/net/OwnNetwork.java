package dev.drover.net;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test on a thread of its own that has left the machine's network for an empty, nameless
 * one. Threads and processes that it starts are there too. It ends with the last of them, so that
 * nothing can be left behind.
 */
@SuppressWarnings("restricted")
final class OwnNetwork implements InvocationInterceptor {
    /** Of linux/sched.h. */
    private static final int CLONE_NEWNET = 0x40000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle UNSHARE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    @Override
    public void interceptTestMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(test);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        run(test);
    }

    private static void run(Invocation<Void> test) throws Throwable {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                leave();
                                test.proceed();
                            } catch (Throwable e) {
                                failure.set(e);
                            }
                        });
        thread.join();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void leave() throws Throwable {
        int result = (int) UNSHARE.invokeExact(CLONE_NEWNET);
        if (result != 0) {
            throw new IllegalStateException("A network namespace needs root");
        }
        // The host's own IPv6 chatter would be counted as traffic.
        Path ipv6 = Path.of("/proc/sys/net/ipv6/conf");
        if (Files.exists(ipv6)) {
            Files.writeString(ipv6.resolve("default/disable_ipv6"), "1");
            Files.writeString(ipv6.resolve("all/disable_ipv6"), "1");
        }
    }
}
