package io.jcri.daemon.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Resolved;
import io.jcri.oci.image.Registry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/** Plain HTTP on loopback only. */
final class LoopbackRegistry implements Registry {
  private final HttpClient http = HttpClient.newHttpClient();

  private HttpResponse<InputStream> get(ImageReference ref, String what, long offset) {
    String url = "http://" + ref.registry() + "/v2/" + ref.repository() + "/" + what;
    HttpRequest.Builder b = HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, */*");
    if (offset > 0) b.header("Range", "bytes=" + offset + "-");
    try {
      HttpResponse<InputStream> r = http.send(b.build(), HttpResponse.BodyHandlers.ofInputStream());
      if (r.statusCode() / 100 != 2) throw new OciException(r.statusCode() == 404 ? OciException.Kind.NOT_FOUND : OciException.Kind.UNAVAILABLE, url + " " + r.statusCode());
      return r;
    } catch (IOException e) {
      throw new OciException(OciException.Kind.UNAVAILABLE, url + ": " + e, e);
    } catch (InterruptedException e) {
      throw new OciException(OciException.Kind.CANCELLED, url, e);
    }
  }

  @Override
  public Resolved resolve(ImageReference ref, Optional<Credentials> c) {
    HttpResponse<InputStream> r = get(ref, "manifests/" + ref.wanted(), 0);
    try {
      byte[] body = r.body().readAllBytes();
      return new Resolved(ref, new Descriptor(r.headers().firstValue("Content-Type").orElse(""), Digest.of(body), body.length), ref.registry());
    } catch (IOException e) {
      throw OciException.ofIo("x", e);
    }
  }

  @Override
  public byte[] manifest(ImageReference ref, Descriptor d, Optional<Credentials> c) {
    try {
      return get(ref, "manifests/" + d.digest(), 0).body().readAllBytes();
    } catch (IOException e) {
      throw OciException.ofIo("x", e);
    }
  }

  @Override
  public InputStream blob(ImageReference ref, Descriptor d, long offset, Optional<Credentials> c) {
    return get(ref, "blobs/" + d.digest(), offset).body();
  }
}
