package dev.drover.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model in docs/spec holds, and each of its rules is needed. */
final class MoveSpecTest {
    private static final Path SPEC = Path.of("..", "docs", "spec");

    @TempDir private Path directory;

    @Test
    void theModelIsSafe() throws Exception {
        Tlc.Result result = Tlc.check(directory, read("Move.tla"), read("Move.cfg"));
        assertThat(result.isClean()).as(result.output()).isTrue();
        assertThat(result.distinctStates()).as("what was explored").isGreaterThan(30_000);
    }

    @Tag("slow")
    @Test
    void theModelComesToRest() throws Exception {
        Tlc.Result result = Tlc.check(directory, read("Move.tla"), read("MoveLiveness.cfg"));
        assertThat(result.isClean()).as(result.output()).isTrue();
        assertThat(result.distinctStates()).as("what was explored").isGreaterThan(2_000);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void aModelWithoutTheRuleFails(Mutant mutant) throws Exception {
        String module = read("Move.tla");
        assertThat(module.split(Pattern.quote(mutant.rule), -1))
                .as("parts of the module around the rule")
                .hasSize(2);
        Tlc.Result result =
                Tlc.check(
                        directory,
                        module.replace(mutant.rule, mutant.broken),
                        mutant.configuration());
        assertThat(result.violated()).as(result.output()).isEqualTo(mutant.falls);
    }

    private static String read(String file) throws IOException {
        return Files.readString(SPEC.resolve(file));
    }

    /** A rule of the model, broken, and the property that falls. */
    enum Mutant {
        COMMIT_ON_ONE_VOTE(
                "MayCommit == BothVoted",
                "MayCommit == voted[S] = plan.epoch",
                "CommitOnlyOnTwoVotes"),
        VOTE_IN_A_MOVE_THAT_WAS_NOT_HANDED_OVER(
                "voted EXCEPT ![S] = past[S]", "voted EXCEPT ![S] = plan.epoch", "AtMostOneRuns"),
        ABORT_ON_A_READ(
                """
                /\\ \\E m \\in messages : /\\ m.kind = "rollBack" /\\ m.to = h /\\ m.epoch > past[h]
                                           /\\ past' = [past EXCEPT ![h] = m.epoch - 1]
                """,
                """
                /\\ record.host = h /\\ UNCHANGED past
                """,
                "AtMostOneRuns"),
        VOTE_ON_A_STOP_OF_QEMUS_OWN(
                "VotesWhen == {\"stopped\"}",
                "VotesWhen == {\"stopped\", \"held\"}",
                "AtMostOneRuns"),
        RESUME_WITHOUT_THE_COMPARE_AND_SET(
                "Message(\"resume\", h, e) \\in messages", "voted[h] = e - 1", "AtMostOneRuns"),
        COMPARE_THE_HOST_BUT_NOT_THE_EPOCH(
                "IF record = w.from", "IF record.host = w.from.host", "AtMostOneRuns"),
        ROLL_BACK_ON_AN_OLD_MESSAGE(
                "m.kind = \"rollBack\" /\\ m.to = h /\\ m.epoch > past[h]",
                "m.kind = \"rollBack\" /\\ m.to = h",
                "AtMostOneRuns"),
        GIVE_BACK_WHAT_MAY_HAVE_RUN(
                "NeverRan(h, e) == cont[h] # e", "NeverRan(h, e) == TRUE", "NothingRunIsGivenBack"),
        SEND_CONT_BEFORE_IT_IS_JOURNALED(
                "qemu[h] \\in {\"loaded\", \"dead\"} /\\ cont[h] = e",
                "qemu[h] \\in {\"loaded\", \"dead\"}",
                "NothingRunIsGivenBack"),
        RELEASE_BEFORE_THE_TARGET_HAS_RUN(
                """
                AskRelease ==
                    /\\ monitor = "releasing"
                """,
                """
                AskRelease ==
                    /\\ monitor \\in {"resuming", "releasing"}
                """,
                "SourceUntouchedUntilResumed"),
        LEAVE_AN_UNKNOWN_OUTCOME_UNSETTLED(
                "/\\ Awaited # {} /\\ ~", "/\\ FALSE /\\ ~", "a temporal property");

        private final String rule;
        private final String broken;
        private final String falls;

        Mutant(String rule, String broken, String falls) {
            this.rule = rule;
            this.broken = broken;
            this.falls = falls;
        }

        /** Checks for what must fall, and nothing else, so that nothing falls before it. */
        private String configuration() throws IOException {
            if (falls.equals("a temporal property")) {
                return read("MoveLiveness.cfg");
            }
            String full = read("Move.cfg");
            return full.substring(0, full.indexOf("INVARIANTS"))
                    + "INVARIANT "
                    + falls
                    + "\nCHECK_DEADLOCK FALSE\n";
        }
    }
}
