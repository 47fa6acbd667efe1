package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void itsWidthIsWhatSttySays() {
        assertThat(Terminal.width("24 80\n")).hasValue(80);
        assertThat(Terminal.width("0 0\n")).isEmpty();
        assertThat(Terminal.width("stty: 'standard input': Inappropriate ioctl")).isEmpty();
        assertThat(Terminal.width("")).isEmpty();
    }
}
