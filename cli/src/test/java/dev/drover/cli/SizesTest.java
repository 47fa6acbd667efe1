package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4K, 4096",
        "512M, 536870912",
        "1GiB, 1073741824",
        "2 gb, 2147483648",
        "1073741824, 1073741824"
    })
    void sizesAreReadInPowersOf1024(String text, long bytes) {
        assertThat(new Sizes().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1G", "1.5G", "1X", "99999999999G", "16777217T"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> new Sizes().convert(text))
                .isInstanceOf(TypeConversionException.class);
    }

    @Test
    void sizesAreWrittenShortly() {
        assertThat(Sizes.inWords(1536)).isEqualTo("1.5 KiB");
        assertThat(Sizes.inWords(1L << 30)).isEqualTo("1.0 GiB");
    }
}
