package dev.drover.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each kind of fault is told with its place, what is wrong, and what to write. */
class SpecFaultTest {
    /** Appends a field to the least there can be: it begins in line 4. */
    private static void assertTold(String field, String... told) {
        assertThat(Specs.told(Specs.MINIMAL + field))
                .filteredOn(t -> !t.contains("boot from"))
                .containsExactly(told);
        assertThat(SpecReader.read(Specs.MINIMAL + field)).isInstanceOf(Parsed.Faulty.class);
    }

    @Test
    void anUnknownFieldIsToldWithTheNearestKnownOne() {
        assertTold(
                "cpuMoodel: x",
                "line 4, column 1: cpuMoodel: There is no field 'cpuMoodel' here."
                        + " Write cpuModel.");
        assertTold(
                "interfaces: []",
                "line 4, column 1: interfaces: There is no field 'interfaces' here."
                        + " Write nics.");
        assertTold("tmp: true", "line 4, column 1: tmp: There is no field 'tmp' here. Write tpm.");
        assertTold(
                "placement: {zone: a}",
                "line 4, column 13: placement.zone: There is no field 'zone' here."
                        + " Known here: hostLabels, keepApart.");
    }

    @Test
    void anImageThatTheClusterHasNotAndADiskThatIsSmallerAreTold() {
        String text =
                Specs.MINIMAL
                        + "disks:\n"
                        + "  - {name: a, image: debian-13, size: 2GiB}\n"
                        + "  - {name: b, image: debain-13, size: 1GiB}\n"
                        + "  - {name: c, image: else, size: 1GiB}\n"
                        + "  - {name: d, image: debian-13, size: 1GiB}\n";
        Map<String, Long> images = Map.of("debian-13", 2L << 30);
        assertThat(Specs.told(SpecReader.read(text, images)))
                .containsExactly(
                        "line 6, column 22: disks[1].image: The cluster has no base image"
                                + " 'debain-13'. Write debian-13.",
                        "line 7, column 22: disks[2].image: The cluster has no base image 'else'."
                                + " Add it: drover image add FILE --name else.",
                        "line 8, column 39: disks[3].size: The base image has 2GiB, more than the"
                                + " disk. Write 2GiB or more.");
        assertThat(Specs.told(text)).isEmpty();
    }

    @Test
    void missingFieldsAreToldWhereTheirMappingBegins() {
        assertThat(Specs.told("\ncores: 2\ndisks:\n  - size: 1GiB\n"))
                .containsExactly(
                        "line 2, column 1: name: The field 'name' is missing. Name the VM.",
                        "line 2, column 1: memory: The field 'memory' is missing."
                                + " Write memory: 2GiB.",
                        "line 4, column 5: disks[0].name: The field 'name' is missing."
                                + " Write name: root.");
    }

    @Test
    void aFieldThatComesTwiceIsToldAtItsSecondPlace() {
        assertTold(
                "cores: 3",
                "line 4, column 1: cores: This field is given twice, first in line 2."
                        + " Leave one of the two out.");
        assertTold(
                "tags: {a: b, a: c}",
                "line 4, column 14: tags.a: This field is given twice, first in line 4."
                        + " Leave one of the two out.");
    }

    @Test
    void aFieldWithoutValueIsTold() {
        assertTold(
                "tpm:",
                "line 4, column 5: tpm: There is no value."
                        + " Write true or false, without quotes, or leave the field out.");
    }

    @Test
    void aWrongTypeIsTold() {
        assertTold(
                "tpm: yes",
                "line 4, column 6: tpm: Expected true or false, not the text 'yes'."
                        + " Write true or false, without quotes.");
        assertTold(
                "disks: root",
                "line 4, column 8: disks: Expected a list of disks, not the text 'root'."
                        + " Write each on its own line, after a hyphen.");
        assertTold(
                "placement: [a]",
                "line 4, column 12: placement: Expected the fields of placement, not a list."
                        + " Write the fields of placement as name: value.");
        assertTold(
                "iso: 12",
                "line 4, column 6: iso: Expected a text, not the number 12."
                        + " Write \"12\", with the quotes.");
        assertTold(
                "tags: {tier: true}",
                "line 4, column 14: tags.tier: Expected a text, not true."
                        + " Write \"true\", with the quotes.");
        assertTold(
                "cloudInit: {userData: {a: 1}}",
                "line 4, column 23: cloudInit.userData: Expected a text, not a mapping."
                        + " Write a text; several lines begin with | on the first.");
    }

    @Test
    void aNumberOutOfRangeIsTold() {
        assertThat(Specs.told("name: a\ncores: 256\nmemory: 1GiB\niso: a"))
                .containsExactly(
                        "line 2, column 8: cores: 256 is out of range."
                                + " Write a whole number from 1 to 255.");
        assertThat(Specs.told("name: a\ncores: 1.5\nmemory: 1GiB\niso: a"))
                .containsExactly(
                        "line 2, column 8: cores: 1.5 is no whole number."
                                + " Write a whole number from 1 to 255.");
        assertThat(Specs.told("name: a\ncores: \"2\"\nmemory: 1GiB\niso: a"))
                .containsExactly(
                        "line 2, column 8: cores: Expected a whole number, not the text '2'."
                                + " Write a whole number from 1 to 255.");
        assertThat(Specs.told("name: a\ncores: " + "9".repeat(50) + "\nmemory: 1GiB\niso: a"))
                .containsExactly(
                        "line 2, column 8: cores: "
                                + "9".repeat(40)
                                + "... is out of range. Write a whole number from 1 to 255.");
    }

    @Test
    void aBadSizeIsToldWithWhatWasProbablyMeant() {
        String before = "name: a\ncores: 1\niso: a\nmemory: ";
        String at = "line 4, column 9: memory: ";
        String range = " Write a multiple of 8KiB, from 8KiB to 16TiB.";
        assertThat(Specs.told(before + "2G")).containsExactly(at + "'2G' is no size. Write 2GiB.");
        assertThat(Specs.told(before + "512 mb"))
                .containsExactly(at + "'512 mb' is no size. Write 512MiB.");
        assertThat(Specs.told(before + "much"))
                .containsExactly(
                        at
                                + "'much' is no size."
                                + " Write a whole number with its unit, such as 512MiB or 20GiB.");
        assertThat(Specs.told(before + "512"))
                .containsExactly(at + "512 bytes are out of range." + range);
        assertThat(Specs.told(before + "0"))
                .containsExactly(at + "0 bytes are out of range." + range);
        assertThat(Specs.told(before + "-1")).containsExactly(at + "-1 is out of range." + range);
        assertThat(Specs.told(before + "17TiB"))
                .containsExactly(at + "17TiB is out of range." + range);
        assertThat(Specs.told(before + "99999999999999999999TiB"))
                .containsExactly(at + "99999999999999999999TiB is out of range." + range);
        assertThat(Specs.told(before + "[1GiB]").getFirst())
                .startsWith(at + "Expected a size, not a list.");
    }

    @Test
    void aBadNameIsTold() {
        assertThat(Specs.told("name: web_1\ncores: 1\nmemory: 1GiB\niso: a"))
                .containsExactly(
                        "line 1, column 7: name: 'web_1' is no name of a VM. Write 1 to 40 letters,"
                                + " digits, dots or hyphens, a letter or digit first.");
        assertTold(
                "cloudInit: {sshKeys: [rsa]}",
                "line 4, column 23: cloudInit.sshKeys[0]: 'rsa' is no public SSH key."
                        + " Write one line of a .pub file, such as ssh-ed25519 AAAA... me@desk.");
        assertTold(
                "tags: {\"a b\": c}",
                "line 4, column 8: tags.'a b': 'a b' is no key. Write 1 to 63 letters, digits, dots,"
                        + " underlines, slashes or hyphens, a letter or digit first.");
        assertTold(
                "iso: \"x\\e[31m\"",
                "line 4, column 6: iso: 'x?[31m' is no name of an image. Write 1 to 64 letters,"
                        + " digits, dots, underlines, plus signs or hyphens,"
                        + " a letter or digit first.");
        assertTold(
                "firmware: efi",
                "line 4, column 11: firmware: 'efi' is not known here. Write bios or uefi.");
    }

    @Test
    void aDiskThatComesTwiceIsTold() {
        assertTold(
                """
                disks:
                  - name: a
                    size: 1GiB
                  - size: 2GiB
                    name: a
                """,
                "line 8, column 11: disks[1].name: This disk is given twice, first as"
                        + " disks[0].name in line 5."
                        + " Write another one, or leave one of the two out.");
    }

    @Test
    void aMacThatComesTwiceOrIsOfAGroupIsTold() {
        assertTold(
                """
                nics:
                  - {network: a, mac: 52:54:00:aa:00:01}
                  - {network: b, mac: 52:54:00:AA:00:01}
                  - {network: c, mac: 53:54:00:aa:00:01}
                """,
                "line 6, column 23: nics[1].mac: This MAC address is given twice, first as"
                        + " nics[0].mac in line 5."
                        + " Write another one, or leave one of the two out.",
                "line 7, column 23: nics[2].mac: '53:54:00:aa:00:01' is no MAC address of one card."
                        + " Write six hexadecimal bytes joined by colons, the first one even,"
                        + " such as 52:54:00:12:34:56.");
    }

    @Test
    void tooManyOfAKindAreTold() {
        assertTold(
                "nics: [" + "{network: a},".repeat(9) + "]",
                "line 4, column 7: nics: There are 9 NICs. Write at most 8 of them.");
    }

    @Test
    void aDeviceIsOneThing() {
        String told =
                "line 4, column 11: devices[0]: A device has one of the fields pci and usb."
                        + " Write pci: \"0000:65:00.0\" or usb: \"046d:c52b\".";
        String warning =
                "line 4, column 11: devices[0]: With a device of its host this VM cannot be moved"
                        + " live. Leave the device out, or shut the VM down for each move.";
        assertTold("devices: [{pci: '0000:65:00.0', usb: '046d:c52b'}]", warning, told);
        assertTold("devices: [{}]", warning, told);
    }

    @Test
    void whatYamlAllowsAndASpecificationDoesNotIsTold() {
        assertTold(
                "iso: &a x\nmachineType: *a",
                "line 5, column 14: machineType: A reference (*) to another place is not allowed."
                        + " Write the value itself.");
        assertTold(
                "iso: !!binary eA==",
                "line 4, column 6: iso: Binary data is not allowed. Write the value as text.");
    }

    @Test
    void allFaultsAreToldAtOnceInTheOrderOfTheText() {
        assertThat(
                        Specs.told(
                                """
                                nmae: a
                                cores: 0
                                memory: 2G
                                disks:
                                  - name: a
                                    sise: 1GiB
                                    cache: unsafe
                                nics:
                                  - network: _
                                """))
                .map(t -> t.substring(0, t.indexOf(": ", t.indexOf(": ") + 1)))
                .containsExactly(
                        "line 1, column 1: name",
                        "line 1, column 1: nmae",
                        "line 2, column 8: cores",
                        "line 3, column 9: memory",
                        "line 5, column 5: disks[0].size",
                        "line 6, column 5: disks[0].sise",
                        "line 7, column 12: disks[0].cache",
                        "line 9, column 14: nics[0].network");
    }
}
