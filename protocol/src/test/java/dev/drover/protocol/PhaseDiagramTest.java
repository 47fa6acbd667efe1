package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.Exploration.Arrow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The picture in the documentation of {@link Phase} shows the arrows that exist, and no others. */
class PhaseDiagramTest {
    private static final Path PHASE = Path.of("src/main/java/dev/drover/protocol/Phase.java");

    @Tag("slow")
    @Test
    void thePictureIsWhatTheExplorationFinds() throws IOException {
        Set<Arrow> drawn = arrows(picture(Files.readString(PHASE)));
        Set<Arrow> found = new HashSet<>();
        for (MovePlan plan : List.of(Samples.PLAN, Samples.VERIFIED)) {
            found.addAll(
                    Exploration.of(
                                    plan,
                                    Move::step,
                                    EnumSet.allOf(Duty.class),
                                    Faults.TWO_WRITING_LEADERS)
                            .arrows());
        }

        assertThat(drawn).isEqualTo(found);
    }

    @Test
    void rangesAndOptionsAreRead() {
        assertThat(
                        arrows(
                                List.of(
                                        "DELIVER -> [VERIFY] -> RELEASE   words",
                                        "RESUME .. VERIFY -> ABORT")))
                .containsExactlyInAnyOrder(
                        new Arrow(Phase.DELIVER, Phase.VERIFY),
                        new Arrow(Phase.DELIVER, Phase.RELEASE),
                        new Arrow(Phase.VERIFY, Phase.RELEASE),
                        new Arrow(Phase.RESUME, Phase.ABORT),
                        new Arrow(Phase.DELIVER, Phase.ABORT),
                        new Arrow(Phase.VERIFY, Phase.ABORT));
    }

    /** The lines of the picture; one that begins with an arrow goes on from the line before. */
    private static List<String> picture(String source) {
        List<String> lines = new ArrayList<>();
        source.substring(source.indexOf("<pre>{@code"), source.indexOf("}</pre>"))
                .lines()
                .skip(1)
                .map(l -> l.replaceFirst("^ \\*", "").strip())
                .filter(l -> !l.isEmpty())
                .forEach(l -> {
                    if (l.startsWith("->")) {
                        lines.add(withoutWords(lines.removeLast()) + " " + l);
                    } else {
                        lines.add(l);
                    }
                });
        return lines;
    }

    private static String withoutWords(String line) {
        return line.replaceFirst(" {2,}.*", "");
    }

    private static Set<Arrow> arrows(List<String> lines) {
        Set<Arrow> arrows = new HashSet<>();
        for (String line : lines) {
            List<String> steps = List.of(withoutWords(line).split(" -> ", -1));
            for (int i = 0; i + 1 < steps.size(); i++) {
                connect(steps.get(i), steps.get(i + 1), arrows);
                boolean optional = steps.get(i + 1).startsWith("[");
                if (optional && i + 2 < steps.size()) {
                    connect(steps.get(i), steps.get(i + 2), arrows);
                }
            }
        }
        return arrows;
    }

    private static void connect(String from, String to, Set<Arrow> arrows) {
        phases(from).forEach(f -> phases(to).forEach(t -> arrows.add(new Arrow(f, t))));
    }

    private static Stream<Phase> phases(String name) {
        List<String> ends = List.of(name.replaceAll("[\\[\\]]", "").split(" \\.\\. ", -1));
        return EnumSet.range(Phase.valueOf(ends.getFirst()), Phase.valueOf(ends.getLast()))
                .stream();
    }
}
