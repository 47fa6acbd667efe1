package dev.drover.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.MovePlan;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class VerifyPhaseTest {
    private static final MovePlan PLAN = new MovePlan("id", "vm", "h1", "h2", 1, true);
    private static final ContentDigest EMPTY = new ContentDigest(0, List.of());

    private final List<Verification> told = new ArrayList<>();

    /** A host that is only asked for a digest. */
    private static <T> T host(Class<T> kind, Supplier<ContentDigest> digest) {
        return kind.cast(
                Proxy.newProxyInstance(
                        kind.getClassLoader(),
                        new Class<?>[] {kind},
                        (_, method, _) -> {
                            assertThat(method.getName()).isEqualTo("digest");
                            return digest.get();
                        }));
    }

    private void verify(Supplier<ContentDigest> source, Supplier<ContentDigest> target)
            throws InterruptedException {
        new VerifyPhase(host(SourceHost.class, source), host(TargetHost.class, target), told::add)
                .perform(PLAN);
    }

    private static ContentDigest away() {
        throw new HostUnreachable("Away", () -> {}, new IllegalStateException());
    }

    private static ContentDigest refused() {
        throw new HostFailure("No");
    }

    @Test
    void equalVolumesAreIdentical() throws InterruptedException {
        verify(() -> EMPTY, () -> EMPTY);
        assertThat(told).hasSize(1).allMatch(Verification::identical);
    }

    /** Such as the agent that has not found the next leader yet. */
    @Test
    void aHostThatIsAwayIsWaitedForWhicheverItIs() {
        assertThatThrownBy(() -> verify(VerifyPhaseTest::away, () -> EMPTY))
                .isInstanceOf(HostUnreachable.class);
        assertThatThrownBy(() -> verify(() -> EMPTY, VerifyPhaseTest::away))
                .isInstanceOf(HostUnreachable.class);
        assertThat(told).isEmpty();
    }

    @Test
    void whatAHostCannotCompareIsTold() throws InterruptedException {
        verify(VerifyPhaseTest::refused, () -> EMPTY);
        verify(() -> EMPTY, VerifyPhaseTest::refused);
        assertThat(told).hasSize(2).noneMatch(Verification::identical);
    }
}
