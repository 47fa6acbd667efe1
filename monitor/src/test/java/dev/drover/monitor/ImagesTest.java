package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.Origin;
import dev.drover.api.VmMessage;
import dev.drover.api.rest.Role;
import dev.drover.monitor.rest.Digests;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Base images, on hosts that keep what they are sent. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // before each test
@Tag("slow")
class ImagesTest {
    /** Longer than what a link or a socket keeps. */
    private static final String TEXT = "0123456789abcdef".repeat(256 << 10);

    private static final String SHA256 = Digests.sha256(TEXT);

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
        h1 = host("h1");
        h2 = host("h2");
    }

    private TestHost host(String name) throws Exception {
        TestHost host = cluster.silentHost(name, "web");
        host.takeImages();
        host.hello();
        return host;
    }

    @AfterEach
    void stop() {
        h1.close();
        h2.close();
        cluster.close();
    }

    private JsonNode added(int status, String name, String text) throws Exception {
        HttpResponse<String> answer = cluster.addImage(name, text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return TestCluster.json(answer);
    }

    private JsonNode images() throws Exception {
        return TestCluster.json(cluster.get("/v1/images")).get("items");
    }

    @Test
    void eachHostGetsAnImageOnceByItsContent() throws Exception {
        JsonNode image = added(201, "debian", TEXT).get("image");
        assertThat(h1.images()).containsEntry(SHA256, TEXT);
        assertThat(h2.images()).containsEntry(SHA256, TEXT);
        assertThat(images()).containsExactly(image);
        assertThat(image.get("fileBytes").longValue()).isEqualTo(TEXT.length());
        assertThat(image.get("sizeBytes").longValue()).isEqualTo(1 << 30);
        assertThat(image.at("/hosts").toString()).isEqualTo("[\"h1\",\"h2\"]");

        h1.images().put(SHA256, "sent again");
        assertThat(added(200, "debian", TEXT).get("added").booleanValue()).isFalse();
        assertThat(added(201, "trixie", TEXT).get("added").booleanValue()).isTrue();
        assertThat(h1.images()).containsEntry(SHA256, "sent again");
        assertThat(added(409, "debian", "other").get("detail").stringValue())
                .contains("'debian' already, of other content");
        assertThat(h1.images()).hasSize(1);
    }

    @Test
    void whoMayLookMayNotAdd() throws Exception {
        String path = "/v1/images?name=debian&sha256=" + SHA256;
        assertThat(cluster.postAs(Role.VIEWER, path, "{}").statusCode()).isEqualTo(403);
        assertThat(cluster.postAs(Role.OPERATOR, path, "{}").statusCode()).isEqualTo(415);
        assertThat(cluster.addImage("-ab", "x").body()).contains("is no name");
        assertThat(images()).isEmpty();
    }

    @Test
    void aHostWithoutRoomIsPassedOver() throws Exception {
        h1.refusing(true);
        JsonNode added = added(201, "debian", TEXT);
        assertThat(added.at("/refusals/h1").stringValue()).isEqualTo("There is no room");
        assertThat(added.at("/image/hosts").toString()).isEqualTo("[\"h2\"]");
        h2.refusing(true);
        assertThat(added(409, "other", TEXT + "x").get("detail").stringValue())
                .contains("h1: There is no room. h2: There is no room");
        assertThat(images()).hasSize(1);
    }

    @Test
    void aHostThatLeavesWhileItIsSentIsPassedOver() throws Exception {
        CountDownLatch stalled = h1.stallImages();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> adding = threads.submit(() -> added(201, "debian", TEXT));
            assertThat(stalled.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(cluster.addImage("debian", TEXT).body()).contains("being added just now");
            h1.leave();
            assertThat(adding.get().at("/image/hosts").toString()).isEqualTo("[\"h2\"]");
            assertThat(adding.get().at("/refusals/h1").isString()).isTrue();
        }
    }

    @Test
    void whatBreaksOffLeavesNothing() throws Exception {
        cluster.breakOffImage("debian", TEXT);
        assertThat(h1.failedImages().poll(20, TimeUnit.SECONDS)).isEqualTo(SHA256);
        assertThat(h2.failedImages().poll(20, TimeUnit.SECONDS)).isEqualTo(SHA256);
        assertThat(images()).isEmpty();
        while (cluster.addImage("debian", TEXT).statusCode() == 409) {
            Thread.onSpinWait(); // till the monitor has noticed
        }
        assertThat(images()).hasSize(1);
    }

    @Test
    void aFileGoesWithTheLastNameOfIt() throws Exception {
        added(201, "debian", TEXT);
        added(201, "trixie", TEXT);
        assertThat(cluster.delete("/v1/images/debian").statusCode()).isEqualTo(204);
        assertThat(h1.images()).containsKey(SHA256);
        assertThat(cluster.delete("/v1/images/trixie").statusCode()).isEqualTo(204);
        assertThat(h1.images()).isEmpty();
        assertThat(h2.images()).isEmpty();
        assertThat(cluster.delete("/v1/images/trixie").statusCode()).isEqualTo(404);
    }

    @Test
    void aHostThatWasAwayRemovesWhatIsNotNeededWhenItIsBack() throws Exception {
        added(201, "debian", TEXT);
        h1.close();
        cluster.delete("/v1/images/debian");
        assertThat(h2.droppedImages().poll(20, TimeUnit.SECONDS)).isEqualTo(SHA256);
        added(201, "kept", "kept");
        h1 = cluster.silentHost("h1", "web");
        h1.images().put(SHA256, TEXT);
        h1.images().put(Digests.sha256("kept"), "kept");
        h1.hello();
        assertThat(h1.droppedImages().poll(20, TimeUnit.SECONDS)).isEqualTo(SHA256);
        assertThat(h1.images()).containsOnlyKeys(Digests.sha256("kept"));
    }

    @Test
    void aVmBeginsAsACopyWhereverItIsMade() throws Exception {
        h1.refusing(true);
        added(201, "debian", TEXT);
        cluster.restart();
        h2.close();
        h2 = cluster.silentHost("h2", "web");
        h2.takeImages();
        h2.images().put(SHA256, TEXT);
        h2.hello();
        h1.close();
        h1 = cluster.host("h1", "web");
        HttpResponse<String> made = cluster.postYaml("/v1/vms?host=h1", WEB);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var origin = (Origin.Image) h1.nextOf(VmMessage.Create.class).origin();
        assertThat(origin.sha256()).isEqualTo(SHA256);
        assertThat(origin.fileBytes()).isEqualTo(TEXT.length());
        assertThat(origin.holders()).extracting(h -> h.name()).containsExactly("h2");
        assertThat(images().at("/0/hosts").toString()).isEqualTo("[\"h1\",\"h2\"]");
        cluster.delete("/v1/images/debian");
        JsonNode again = TestCluster.json(cluster.postYaml("/v1/vms", WEB));
        assertThat(again.get("result").stringValue()).isEqualTo("WAS_THERE");
    }

    @Test
    void anImageThatIsNotThereIsAFaultOfTheText() throws Exception {
        String faulty = WEB.replace("cores: 2", "cores: 0");
        HttpResponse<String> answer = cluster.postYaml("/v1/vms?dryRun=true", faulty);
        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode findings = TestCluster.json(answer).get("findings");
        assertThat(findings.findValuesAsString("path")).containsExactly("cores", "disks[0].image");
        assertThat(findings.get(1).get("line").intValue()).isEqualTo(4);
        assertThat(findings.get(1).get("column").intValue()).isEqualTo(29);
        added(201, "debian", TEXT);
        answer = cluster.postYaml("/v1/vms", WEB.replace("1GiB", "1MiB"));
        assertThat(answer.body()).contains("The base image has 1GiB, more than the disk");
    }
}
