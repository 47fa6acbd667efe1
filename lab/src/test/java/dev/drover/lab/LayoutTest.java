package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayoutTest {
    @Test
    void namespacesBearThePrefixAndTheRole() {
        assertThat(new Layout("dt12", 2).namespaces())
                .extracting(Namespace::name)
                .containsExactly("dt12-sw", "dt12-client", "dt12-mon", "dt12-h1", "dt12-h2");
    }

    @Test
    void hostsHaveManagementAddressesByTheirNumber() {
        assertThat(Layout.managementAddress(7)).isEqualTo("10.78.0.7");
        assertThat(new Layout(Layout.DEFAULT_PREFIX, 3).numbers()).containsExactly(1, 2, 3);
    }

    @Test
    void refusesWhatCannotBeAName() {
        assertThatThrownBy(() -> new Layout("Dr over", 2)).hasMessageContaining("'Dr over'");
        assertThatThrownBy(() -> new Layout("abcdefghij", 2)).hasMessageContaining("1 to 9");
        assertThatThrownBy(() -> new Layout(Layout.DEFAULT_PREFIX, 0))
                .hasMessageContaining("1 to 99 hosts, not 0");
        assertThatThrownBy(() -> new Layout(Layout.DEFAULT_PREFIX, 100))
                .hasMessageContaining("not 100");
    }
}
