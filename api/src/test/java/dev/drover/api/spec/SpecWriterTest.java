package dev.drover.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A declaration that is written and read is the same declaration. */
class SpecWriterTest {
    private static final int ROUNDS = 500;

    @Test
    void theLeastDeclarationIsWrittenWithItsDefaults() {
        assertThat(
                        SpecWriter.yaml(
                                Specs.valid(Specs.MINIMAL + "disks: [{name: a, size: 1536MiB}]")))
                .isEqualTo(
                        """
                        name: web-1
                        cores: 2
                        memory: 2GiB
                        cpuModel: baseline
                        firmware: bios
                        tpm: false
                        disks:
                        - name: a
                          size: 1536MiB
                          format: qcow2
                          cache: none
                          pool: default
                        vnc: false
                        serialConsole: true
                        guestAgent: false
                        autostart: false
                        """);
    }

    @Test
    void aLongTextIsWrittenLineByLine() {
        assertThat(SpecWriter.yaml(Specs.valid(Specs.example())))
                .contains("  userData: |\n    #cloud-config\n    packages: [nginx]\n");
    }

    @Test
    void theExampleIsReadBackAsItWas() {
        VmDeclaration example = Specs.valid(Specs.example());
        assertThat(Specs.valid(SpecWriter.yaml(example))).isEqualTo(example);
        assertThat(Specs.valid(SpecWriter.json(example))).isEqualTo(example);
    }

    @Test
    void whateverIsDeclaredIsReadBackAsItWas() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            VmDeclaration vm = new RandomSpecs(seed).vm();
            String yaml = SpecWriter.yaml(vm);
            String json = SpecWriter.json(vm);
            String why = "seed " + seed + "\n" + yaml;
            assertThat(SpecReader.read(yaml))
                    .as(why)
                    .isInstanceOfSatisfying(
                            Parsed.Valid.class,
                            valid -> assertThat(valid.declaration()).as(why).isEqualTo(vm));
            assertThat(SpecReader.read(json))
                    .as("seed " + seed + "\n" + json)
                    .isInstanceOfSatisfying(
                            Parsed.Valid.class,
                            valid -> assertThat(valid.declaration()).as(why).isEqualTo(vm));
            assertThat(SpecWriter.yaml(Specs.valid(yaml))).as(why).isEqualTo(yaml);
        }
    }
}
