package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Origin;
import dev.drover.api.VmMessage;
import dev.drover.api.rest.Role;
import dev.drover.ports.VmSpec;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of a specification that is sent. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // before each test
class CreationTest {
    private static final String WEB =
            """
            name: web
            cores: 2
            memory: 512MiB
            disks: [{name: root, image: debian, size: 1GiB}]
            nics: [{network: vmbr0}]
            """;

    @TempDir private Path state;

    private TestCluster cluster;
    private TestHost h1;
    private TestHost h2;

    @BeforeEach
    void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "web");
        h2 = cluster.silentHost("h2", "web");
        h2.takeImages();
        h2.hello();
        cluster.addImage("debian", "debian");
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        cluster.close();
    }

    private HttpResponse<String> create(String query, String text) throws Exception {
        return cluster.postYaml("/v1/vms" + query, text);
    }

    private JsonNode created(int status, String query, String text) throws Exception {
        HttpResponse<String> answer = create(query, text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return TestCluster.json(answer);
    }

    private void refused(int status, String text, String... words) throws Exception {
        HttpResponse<String> answer = create("", text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(words);
    }

    @Test
    void theEmptiestHostIsAskedWhetherItCanAndThenTold() throws Exception {
        cluster.createVm("other", "h1");
        JsonNode made = created(201, "", WEB);
        assertThat(made.get("result").stringValue()).isEqualTo("MADE");
        assertThat(made.at("/vm/host").stringValue()).isEqualTo("h2");
        var fit = h2.nextOf(VmMessage.Fit.class);
        assertThat(fit.origin()).isInstanceOf(Origin.Image.class);
        assertThat(fit.vm().nic().mac()).startsWith("52:54:00:");
        var create = h2.nextOf(VmMessage.Create.class);
        assertThat(create.vm()).isEqualTo(fit.vm());
        assertThat(create.vm().boot()).isEqualTo(new VmSpec.Boot.FromDisk());
        assertThat(create.origin()).isEqualTo(fit.origin());
        assertThat(cluster.vm("web").get("memoryBytes").longValue()).isEqualTo(512L << 20);
        assertThat(cluster.vm("web").get("wanted").stringValue()).isEqualTo("RUNNING");
    }

    @Test
    void whatIsThereJustSoIsLeftAsItIsAndWhatIsNotIsRefused() throws Exception {
        JsonNode made = created(201, "?host=h1", WEB);
        assertThat(made.at("/vm/host").stringValue()).isEqualTo("h1");
        JsonNode again = created(200, "", WEB);
        assertThat(again.get("result").stringValue()).isEqualTo("WAS_THERE");
        assertThat(again.at("/vm")).isEqualTo(made.at("/vm"));
        refused(409, WEB.replace("cores: 2", "cores: 3"), "it has 2 cores, not 3");
        assertThat(create("?host=h2", WEB).body()).contains("it is on host h1, not h2");
        String mac = made.at("/vm/mac").stringValue();
        String second = WEB.replace("name: web", "name: web2");
        refused(409, second.replace("vmbr0", "vmbr0, mac: '" + mac + "'"), "Another VM has");
    }

    @Test
    void aVmIsMadeWhereItsLabelsLetIt() throws Exception {
        h2.labels(Map.of("rack", "r1", "tier", "fast"));
        h2.hello();
        assertThat(TestCluster.json(cluster.get("/v1/hosts/h2")).at("/labels/rack").stringValue())
                .isEqualTo("r1");
        String bound = WEB + "placement: {hostLabels: {rack: r1}}\n" + "tags: {owner: ann}\n";
        JsonNode made = created(201, "", bound);
        assertThat(made.at("/vm/host").stringValue()).isEqualTo("h2");
        assertThat(made.at("/vm/tags/owner").stringValue()).isEqualTo("ann");
        assertThat(cluster.vm("web").at("/placement/hostLabels/rack").stringValue())
                .isEqualTo("r1");
        refused(409, bound.replace("ann", "bob"), "{owner=ann} as tags, not {owner=bob}");
        assertThat(move("web", "h1").body()).contains("needs a host with the label rack=r1");
        String other = bound.replace("name: web", "name: web2").replace("r1", "r2");
        refused(409, other, "h1: VM web2 needs", "host h2 has {rack=r1, tier=fast}");
        assertThat(create("?host=h1", other).body()).contains("start its agent with --label");
    }

    @Test
    void vmsThatAreToBeKeptApartAre() throws Exception {
        String first = WEB + "placement: {keepApart: [web, all]}\n";
        assertThat(created(201, "?host=h1", first).at("/vm/host").stringValue()).isEqualTo("h1");
        String second = first.replace("name: web", "name: web2").replace("web, all", "web");
        assertThat(create("?host=h1", second).body())
                .contains("kept apart from VM web (group web), which is on host h1");
        assertThat(created(201, "", second).at("/vm/host").stringValue()).isEqualTo("h2");
        refused(
                409,
                second.replace("web2", "web3"),
                "h1: VM web3 is to be",
                "h2: VM web3 is to be");
        assertThat(move("web2", "h1").statusCode()).isEqualTo(409);
        created(201, "?host=h1", second.replace("web2", "other").replace("[web]", "[else]"));
    }

    @Test
    void aVmIsKeptApartFromOneThatIsOnItsWay() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        String first = WEB + "placement: {keepApart: [web]}\n";
        try (TestHost h3 = cluster.slowHost("h3", "", never)) {
            h3.hello();
            created(201, "?host=h1", first);
            assertThat(move("web", "h3").statusCode()).isEqualTo(202);
            String second = first.replace("name: web", "name: web2");
            assertThat(create("?host=h3", second).body()).contains("or on its way to or from it");
            assertThat(created(201, "", second).at("/vm/host").stringValue()).isEqualTo("h2");
        }
    }

    private HttpResponse<String> move(String vm, String target) throws Exception {
        return cluster.post("/v1/moves", "{\"vm\":\"" + vm + "\",\"target\":\"" + target + "\"}");
    }

    @Test
    void whatItsHostBrokeOffMakingIsMadeWhenItIsAskedForAgain() throws Exception {
        created(201, "?host=h1", WEB);
        h1.nextOf(VmMessage.Create.class);
        h1.forgetful(true);
        JsonNode again = created(201, "", WEB);
        assertThat(again.get("result").stringValue()).isEqualTo("MADE");
        assertThat(h1.nextOf(VmMessage.Create.class).origin()).isInstanceOf(Origin.Image.class);
    }

    @Test
    void aDryRunSaysWhatWouldBeDoneAndMakesNothing() throws Exception {
        JsonNode plan = created(200, "?dryRun=true", WEB.replace("root,", "root, cache: none,"));
        assertThat(plan.get("result").stringValue()).isEqualTo("NOTHING");
        assertThat(plan.at("/vm/host").stringValue()).isEqualTo("h1");
        assertThat(h1.next()).isInstanceOf(VmMessage.Fit.class);
        assertThat(cluster.get("/v1/vms/web").statusCode()).isEqualTo(404);
        assertThat(create("?dryRun=maybe", WEB).statusCode()).isEqualTo(400);
        assertThat(create("?host=h9", WEB).body()).contains("There is no host 'h9'");
    }

    @Test
    void allFaultsOfATextAreToldWithTheirPlaces() throws Exception {
        HttpResponse<String> faulty =
                create("", WEB.replace("512MiB", "2G").replace("size", "sise"));
        assertThat(faulty.statusCode()).isEqualTo(422);
        JsonNode findings = TestCluster.json(faulty).get("findings");
        assertThat(findings.findValuesAsString("path"))
                .contains("memory", "disks[0].sise", "disks[0].size");
        assertThat(findings.get(0).get("line").intValue()).isEqualTo(3);
        refused(422, WEB + "vnc: true\ntpm: true\n", "tpm, vnc", "Leave them out");
        refused(422, "name: web\ncores: 1\nmemory: 64MiB\n", "VMs without disks", "without nics");
        refused(422, "", "declares no VM");
    }

    @Test
    void aHostThatCannotIsPassedOver() throws Exception {
        h1.refusing(true);
        assertThat(created(201, "", WEB).at("/vm/host").stringValue()).isEqualTo("h2");
        h2.refusing(true);
        refused(409, WEB.replace("web", "web3"), "h1: ", "h2: ", "There is no room");
        assertThat(cluster.postAs(Role.VIEWER, "/v1/vms", "{}").statusCode()).isEqualTo(403);
    }
}
