package io.jcri.it.kubelet;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.streaming.ChannelClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The kubelet's API, as an API server uses it: pods, logs, exec, port-forward. */
final class KubeletClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What the kubelet adds to the name of a pod that a manifest made. */
  private static final String NODE = "-localhost";

  private final String authority;
  private final SSLContext trust;
  private final HttpClient http;

  KubeletClient(int port, Path certificate) throws IOException {
    this.authority = "localhost:" + port;
    this.trust = trusting(certificate);
    this.http = newClient();
  }

  /** What a GET of a path answers with. */
  String get(String path) throws IOException {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("https://" + authority + path))
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(
            "%s: %d %s".formatted(path, response.statusCode(), response.body().strip()));
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The pod of a manifest as the kubelet has it; empty when it has none by this name. */
  Optional<JsonObject> pod(String name) throws IOException {
    JsonElement items = JsonParser.parseString(get("/pods")).getAsJsonObject().get("items");
    if (items.isJsonNull()) {
      return Optional.empty();
    }
    for (JsonElement item : items.getAsJsonArray()) {
      JsonObject pod = item.getAsJsonObject();
      if (pod.getAsJsonObject("metadata").get("name").getAsString().equals(name + NODE)) {
        return Optional.of(pod);
      }
    }
    return Optional.empty();
  }

  /** What kubectl logs prints. */
  String logs(String pod, String container, String query) throws IOException {
    return get("/containerLogs/default/%s%s/%s%s".formatted(pod, NODE, container, query));
  }

  /** What kubectl exec prints: standard output, then standard error. */
  String exec(String pod, String container, String... command) throws IOException {
    String words =
        Arrays.stream(command)
            .map(word -> "&command=" + URLEncoder.encode(word, StandardCharsets.UTF_8))
            .collect(Collectors.joining());
    String url =
        "https://%s/exec/default/%s%s/%s?output=1&error=1%s"
            .formatted(authority, pod, NODE, container, words);
    try (ChannelClient client = new ChannelClient(newClient(), url, "v5.channel.k8s.io")) {
      client.awaitClose();
      return client.text(1) + client.text(2);
    }
  }

  /** What a web server in a pod answers, through a forwarded port. */
  String getThrough(String pod, int port) throws IOException {
    String url =
        "https://%s/portForward/default/%s%s?port=%d".formatted(authority, pod, NODE, port);
    try (ChannelClient client = new ChannelClient(newClient(), url, "v4.channel.k8s.io")) {
      client.send(0, "GET / HTTP/1.0\r\n\r\n");
      client.awaitClose();
      return client.text(0);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpClient newClient() {
    return HttpClient.newBuilder().sslContext(trust).version(HttpClient.Version.HTTP_1_1).build();
  }

  /** It has made its certificate itself. */
  private static SSLContext trusting(Path certificate) throws IOException {
    try (InputStream in = Files.newInputStream(certificate)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("kubelet" + number++, each);
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot trust " + certificate, e);
    }
  }
}
