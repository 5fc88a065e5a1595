package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.RegistryHost.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A repository on the hosts of its registry. Thread-safe. */
final class RemoteRepository implements Repository {
  /** The distribution specification lets clients refuse more. */
  private static final int MAX_MANIFEST = 4 << 20;

  private static final String ACCEPT =
      String.join(
          ", ",
          MediaTypes.OCI_INDEX,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.DOCKER_INDEX,
          MediaTypes.DOCKER_MANIFEST);

  private final ImageReference reference;
  private final HostSequence hosts;
  private final Exchange exchange;
  private final Authorizer authorizer;

  RemoteRepository(
      ImageReference reference, HostSequence hosts, Exchange exchange, Authorizer authorizer) {
    this.reference = reference;
    this.hosts = hosts;
    this.exchange = exchange;
    this.authorizer = authorizer;
  }

  /** A blob's body and who sends it. */
  record Source(RegistryHost host, BodyPipe body) {
    void close() {
      body.close();
    }
  }

  /**
   * The manifest is fetched at once, not only asked about: what its bytes hash to is the truth, and
   * some registries answer HEAD wrongly.
   */
  @Override
  public Resolved resolve() {
    Capability needed = reference.digest().isPresent() ? Capability.PULL : Capability.RESOLVE;
    return hosts.first(
        "cannot resolve " + reference,
        needed,
        _ -> false,
        host -> {
          HttpResponse<BodyPipe> answer =
              get(host, "manifests/" + reference.wanted(), Map.of("Accept", ACCEPT));
          String type =
              MediaTypes.withoutParameters(answer.headers().firstValue("Content-Type").orElse(""));
          byte[] body = manifest(host, answer);
          Digest digest = Digest.of(body);
          if (reference.digest().isPresent() && !reference.digest().get().equals(digest)) {
            throw HostFailure.of(
                host, OciException.Kind.DATA_LOSS, "sent bytes with digest " + digest);
          }
          return new Resolved(reference, new Descriptor(type, digest, body.length), host.host());
        });
  }

  @Override
  public byte[] fetchManifest(Descriptor descriptor) {
    if (descriptor.size() > MAX_MANIFEST) {
      throw new OciException(
          OciException.Kind.INVALID,
          "manifest %s of %s has %d bytes, the limit is %d"
              .formatted(descriptor.digest(), reference, descriptor.size(), MAX_MANIFEST));
    }
    return hosts.first(
        "cannot fetch manifest " + descriptor.digest() + " of " + reference,
        Capability.PULL,
        _ -> false,
        host -> {
          byte[] body =
              manifest(
                  host, get(host, "manifests/" + descriptor.digest(), Map.of("Accept", ACCEPT)));
          if (body.length != descriptor.size() || !Digest.of(body).equals(descriptor.digest())) {
            throw HostFailure.of(
                host,
                OciException.Kind.DATA_LOSS,
                "sent %d bytes with digest %s".formatted(body.length, Digest.of(body)));
          }
          return body;
        });
  }

  private static byte[] manifest(RegistryHost host, HttpResponse<BodyPipe> answer)
      throws HostFailure {
    try (BodyPipe body = answer.body()) {
      byte[] bytes = body.readNBytes(MAX_MANIFEST + 1);
      if (bytes.length > MAX_MANIFEST) {
        throw HostFailure.of(
            host, OciException.Kind.INVALID, "sent a manifest of over " + MAX_MANIFEST + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw interrupted(host, e);
    }
  }

  /** A host that stopped in the middle of what it sent. */
  static HostFailure interrupted(RegistryHost host, IOException e) {
    return new HostFailure(
        host,
        OciException.Kind.UNAVAILABLE,
        Outlook.TRANSIENT,
        String.valueOf(e.getMessage()),
        null,
        e);
  }

  @Override
  public InputStream openBlob(Descriptor descriptor, long offset) {
    return new BlobStream(this, hosts, descriptor, offset);
  }

  String nameOf(Descriptor blob) {
    return "blob " + blob.digest() + " of " + reference;
  }

  /** Opens a blob at an offset at one host. */
  Source blob(RegistryHost host, Descriptor descriptor, long offset)
      throws HostFailure, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    if (offset > 0) {
      headers.put("Range", "bytes=" + offset + "-");
    }
    HttpResponse<BodyPipe> answer = get(host, "blobs/" + descriptor.digest(), headers);
    BodyPipe body = answer.body();
    if (offset > 0 && answer.statusCode() == 200) {
      skip(host, body, offset); // a host that knows no ranges
    }
    return new Source(host, body);
  }

  private static void skip(RegistryHost host, BodyPipe body, long offset) throws HostFailure {
    try {
      body.skipNBytes(offset);
    } catch (IOException e) {
      body.close();
      throw interrupted(host, e);
    }
  }

  private HttpResponse<BodyPipe> get(RegistryHost host, String object, Map<String, String> headers)
      throws HostFailure, InterruptedException {
    for (int tries = 0; ; tries++) {
      Optional<String> authorization = authorizer.header(host);
      HttpResponse<BodyPipe> answer =
          exchange.send(
              host,
              Exchange.Ask.get(
                  host.uri(reference.registry(), reference.repository(), object),
                  headers,
                  authorization));
      if (answer.statusCode() == 200 || answer.statusCode() == 206) {
        return answer;
      }
      if (answer.statusCode() != 401 || tries == 2) {
        throw Exchange.failure(host, answer);
      }
      answer.body().drain();
      if (!authorizer.answer(host, answer.headers().allValues("WWW-Authenticate"), authorization)) {
        throw HostFailure.of(
            host, OciException.Kind.UNAUTHENTICATED, "status 401 (credentials are needed)");
      }
    }
  }
}
