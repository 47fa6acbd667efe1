package dev.drover.api.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static final MovePlan PLAN = new MovePlan("m1", "vm", "a", "b", 4, true);

    record Everything(
            Optional<String> there,
            Optional<Duration> absent,
            Duration time,
            Path path,
            List<State> states,
            Map<String, Active> records) {}

    record Blob(byte[] bytes) {}

    @Test
    void whatIsWrittenIsReadBack() {
        var everything =
                new Everything(
                        Optional.of("x"),
                        Optional.empty(),
                        Duration.ofNanos(1_500_000_001),
                        Path.of("relative/file"),
                        List.of(
                                new State.Snapshotting(PLAN),
                                new State.Ended(
                                        PLAN,
                                        Phase.ROLL_BACK,
                                        new State.Verdict.RolledBack(new Active("a", 5), "why")),
                                new State.Paused(PLAN, new State.PauseEnd.Voted())),
                        Map.of("vm", new Active("a", 4)));
        assertThat(Json.read(Json.write(everything), Everything.class)).isEqualTo(everything);
        assertThat(Json.read(Json.text(everything), Everything.class)).isEqualTo(everything);
        assertThat(Json.read(Json.tree(everything), Everything.class)).isEqualTo(everything);
    }

    @Test
    void aRecordWrittenByItselfIsReadThroughItsSealedInterface() {
        State state = new State.HandedOver(PLAN, true, false);
        assertThat(Json.read(Json.write(state), State.class)).isEqualTo(state);
        assertThat(Json.read(Json.write(state), State.HandedOver.class)).isEqualTo(state);
        var boot = new VmSpec.Boot.FromDisk();
        assertThat(Json.text(boot)).isEqualTo("{\"@type\":\"FromDisk\"}");
        assertThat(Json.read(Json.text(boot), VmSpec.Boot.class)).isEqualTo(boot);
    }

    @Test
    void fieldsKeepTheOrderOfTheRecord() {
        assertThat(Json.text(new Active("z", 3))).isEqualTo("{\"host\":\"z\",\"epoch\":3}");
    }

    @Test
    void bytesAreBase64() {
        byte[] bytes = {0, -1, 127};
        assertThat(Json.text(new Blob(bytes))).isEqualTo("{\"bytes\":\"AP9/\"}");
        assertThat(Json.read("{\"bytes\":\"AP9/\"}", Blob.class).bytes()).isEqualTo(bytes);
    }

    @Test
    void aNewerVersionsFieldsAreIgnoredAndAnOlderOnesAreAbsent() {
        String newer = "{\"time\":\"PT1S\",\"fromTheFuture\":{\"a\":1}}";
        Everything read = Json.read(newer, Everything.class);
        assertThat(read.time()).isEqualTo(Duration.ofSeconds(1));
        assertThat(read.there()).isEmpty();
        assertThat(read.absent()).isEmpty();
    }

    @Test
    void whatTheRecordSaysIsWrongIsTold() {
        assertThatThrownBy(() -> Json.read("{\"host\":\"a\",\"epoch\":0}", Active.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("This JSON is no Active")
                .hasMessageContaining("An epoch is at least 1, not 0");
    }

    @Test
    void aTypeThatIsNotPermittedIsRefused() {
        for (String type : new String[] {"Nothing", "java.lang.Object", "Active"}) {
            assertThatThrownBy(() -> Json.read("{\"@type\":\"" + type + "\"}", State.class))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Json.read("{}", State.class))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nullIsNoRecord() {
        assertThatThrownBy(() -> Json.read("null", Active.class))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
