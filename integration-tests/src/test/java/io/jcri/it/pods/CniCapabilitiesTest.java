package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.DNSConfig;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PortMapping;
import io.jcri.it.kit.Scratch;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A plugin that declares every capability and writes down what it is given. */
class CniCapabilitiesTest {
  @RegisterExtension static final TestNode NODE = new TestNode(CniCapabilitiesTest::installPlugin);

  private static void installPlugin(Scratch scratch) throws IOException {
    Path plugins = Files.createDirectories(scratch.disk().resolve("cni-plugins"));
    Path plugin =
        Files.writeString(
            plugins.resolve("writer"),
            """
            #!/bin/sh
            cat > "${0%/*}/$CNI_COMMAND.json"
            case $CNI_COMMAND in
            VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}' ;;
            ADD) echo '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"'$CNI_NETNS'"}],'\\
                      '"ips":[{"address":"10.9.0.2/24","interface":0}]}' ;;
            esac
            """);
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        Files.createDirectories(scratch.disk().resolve("net.d")).resolve("05-writer.conflist"),
        """
        {"cniVersion": "1.0.0", "name": "written", "plugins": [{"type": "writer", "capabilities": {
          "portMappings": true, "bandwidth": true, "dns": true, "aliases": true, "cgroupPath": true,
          "ipRanges": true, "mac": true, "ips": true, "infinibandGUID": true, "deviceID": true,
          "io.kubernetes.cri.pod-annotations": true}}]}
        """);
  }

  @Test
  void allThatAPodAsksForIsPassed() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    config
        .setHostname("web")
        .clearAnnotations()
        .putAnnotations("kubernetes.io/ingress-bandwidth", "1M")
        .putAnnotations("example.com/network", "{\"blue\": true}")
        .setDnsConfig(
            DNSConfig.newBuilder()
                .addServers("10.96.0.10")
                .addSearches("svc.cluster.local")
                .addOptions("ndots:5"))
        .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(8080));
    NODE.pod(config);

    JsonObject given =
        JsonParser.parseString(
                Files.readString(NODE.scratch().disk().resolve("cni-plugins/ADD.json")))
            .getAsJsonObject()
            .getAsJsonObject("runtimeConfig");
    JsonElement bandwidth = given.remove("bandwidth");
    assertThat(bandwidth.getAsJsonObject().get("ingressRate").getAsLong()).isEqualTo(1_000_000);
    assertThat(given)
        .isEqualTo(
            JsonParser.parseString(
                """
                {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}],
                 "dns": {"servers": ["10.96.0.10"], "searches": ["svc.cluster.local"],
                         "options": ["ndots:5"]},
                 "io.kubernetes.cri.pod-annotations": {
                   "kubernetes.io/ingress-bandwidth": "1M",
                   "example.com/network": "{\\"blue\\": true}"},
                 "aliases": ["%s", "web"]}
                """
                    .formatted(config.getMetadata().getName())));
  }
}
