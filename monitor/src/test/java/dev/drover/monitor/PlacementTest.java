package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void amongEqualsTheFirstByNameIsTheEmptiest() {
        assertThat(Placement.emptiestFirst(List.of("h3", "h2", "h4"), Map.of("h4", 1, "h1", 9)))
                .containsExactly("h2", "h3", "h4");
        assertThat(Placement.emptiestFirst(List.of("h3", "h2"), Map.of("h2", 2, "h3", 1)))
                .containsExactly("h3", "h2");
        assertThat(Placement.emptiestFirst(List.of(), Map.of("h2", 2))).isEmpty();
    }
}
