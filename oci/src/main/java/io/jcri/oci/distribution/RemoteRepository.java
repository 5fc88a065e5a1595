package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.ManifestEndpoint.Fetched;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.RegistryHost.Capability;
import io.jcri.oci.distribution.config.ServerUri;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.ManifestDocument;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/** A repository at the hosts of its registry. */
final class RemoteRepository implements Repository {

  private final ImageReference reference;
  private final HostSequence hosts;
  private final Exchange exchange;
  private final ManifestEndpoint manifests;
  private final BlobEndpoint blobs;
  private final Semaphore pieceRoom;

  /** By blob, the hosts that sent other content: asked last from then on. */
  private final Map<Digest, Set<RegistryHost>> liars = new ConcurrentHashMap<>();

  /** What resolving had to fetch anyway. */
  private final Map<Digest, byte[]> fetched = new ConcurrentHashMap<>();

  /**
   * @param pieceRoom of all repositories of a client, see {@link BlobPieces}
   */
  RemoteRepository(
      ImageReference reference, HostSequence hosts, Exchange exchange, Semaphore pieceRoom) {
    this.pieceRoom = pieceRoom;
    this.reference = reference;
    this.hosts = hosts;
    this.exchange = exchange;
    this.manifests = new ManifestEndpoint(exchange);
    this.blobs = new BlobEndpoint(exchange);
  }

  @Override
  public Resolved resolve() {
    Capability needed = reference.digest().isPresent() ? Capability.PULL : Capability.RESOLVE;
    return hosts.first(
        "cannot resolve " + reference,
        needed,
        host -> false,
        host -> new Resolved(reference, resolveAt(host), host.host()));
  }

  @Override
  public byte[] fetchManifest(Descriptor descriptor) {
    Digest digest = descriptor.digest();
    if (descriptor.size() > ManifestDocument.MAX_BYTES) {
      throw new OciException(
          Kind.INVALID,
          "manifest "
              + digest
              + " of "
              + reference.name()
              + " has "
              + descriptor.size()
              + " bytes, the limit is "
              + ManifestDocument.MAX_BYTES);
    }
    byte[] known = fetched.remove(digest);
    if (known != null) {
      return known;
    }
    List<String> accept =
        Stream.concat(Stream.of(descriptor.mediaType()), MediaTypes.ACCEPTED_MANIFESTS.stream())
            .filter(type -> !type.isEmpty())
            .distinct()
            .toList();
    return hosts.first(
        "cannot fetch manifest " + digest + " of " + reference.name(),
        Capability.PULL,
        host -> false,
        host -> manifests.get(host, descriptor, accept));
  }

  @Override
  public InputStream openBlob(Descriptor descriptor, long offset) {
    if (offset < 0 || offset > descriptor.size()) {
      throw new OciException(
          Kind.INVALID,
          "offset "
              + offset
              + " is outside blob "
              + descriptor.digest()
              + " of "
              + descriptor.size()
              + " bytes");
    }
    BlobStream stream = new BlobStream(new BlobSource(descriptor), descriptor, offset);
    stream.start();
    return stream;
  }

  @Override
  public Repository withTag(String tag) {
    return new RemoteRepository(reference.withTag(tag), hosts, exchange, pieceRoom);
  }

  @Override
  public Optional<byte[]> fetchElsewhere(URI uri, int maxBytes) {
    RegistryHost owner = owner(uri);
    return hosts
        .only(owner)
        .first(
            "cannot fetch " + uri,
            Capability.PULL,
            host -> false,
            host -> {
              try (Reply reply = exchange.anonymous(owner, uri, Map.of())) {
                if (reply.status() == 404) {
                  return Optional.empty();
                }
                if (reply.status() != 200) {
                  throw ErrorReply.toFailure(owner, reply, "");
                }
                return Optional.of(reply.bytes(maxBytes));
              } catch (IOException e) {
                throw HostFailure.of(owner, Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
              }
            });
  }

  private static RegistryHost owner(URI uri) {
    return new RegistryHost(
        uri.getScheme(),
        uri.getRawAuthority(),
        uri.getRawPath(),
        Set.of(Capability.PULL),
        TransportSettings.DEFAULT,
        Map.of());
  }

  private Descriptor resolveAt(RegistryHost host) throws HostFailure, InterruptedException {
    String wanted = reference.wanted();
    Optional<Descriptor> told = manifests.head(host, wanted);
    if (told.isPresent()) {
      return told.get();
    }
    Fetched whole = manifests.get(host, wanted);
    whole.content().ifPresent(content -> fetched.put(whole.descriptor().digest(), content));
    return whole.descriptor();
  }

  private final class BlobSource implements BlobStream.Source {
    private final Descriptor blob;

    /** Who has a foreign layer, and where. */
    private final Map<RegistryHost, URI> owners = new LinkedHashMap<>();

    BlobSource(Descriptor blob) {
      this.blob = blob;
      for (String url : blob.urls()) {
        ServerUri.ofText(url).filter(Exchange::isForeignUrl).ifPresent(this::addOwner);
      }
    }

    private void addOwner(URI uri) {
      owners.putIfAbsent(owner(uri), uri);
    }

    private BlobEndpoint.Opened open(RegistryHost host, long offset)
        throws HostFailure, InterruptedException {
      URI elsewhere = owners.get(host);
      return elsewhere == null
          ? blobs.open(host, blob, offset)
          : blobs.openForeign(host, elsewhere, blob, offset);
    }

    @Override
    public BlobStream.Opened open(long offset) {
      Set<RegistryHost> distrusted = liars.getOrDefault(blob.digest(), Set.of());
      return hosts.first(
          "cannot fetch blob " + blob.digest() + " of " + reference.name(),
          Capability.PULL,
          distrusted::contains,
          owners.keySet(),
          host -> new BlobStream.Opened(host, open(host, offset)));
    }

    @Override
    public Optional<BlobPieces> pieces(RegistryHost host, long from) {
      return owners.containsKey(host)
          ? Optional.empty()
          : BlobPieces.begin(
              (begin, end) -> blobs.piece(host, blob, begin, end), pieceRoom, from, blob.size());
    }

    @Override
    public Instant now() {
      return hosts.now();
    }

    @Override
    public void failed(HostFailure failure) {
      if (failure.kind() == Kind.DATA_LOSS) {
        liars
            .computeIfAbsent(blob.digest(), d -> ConcurrentHashMap.newKeySet())
            .add(failure.host());
      } else {
        hosts.failed(failure);
      }
    }

    @Override
    public void pause(Duration time) {
      hosts.pause("cannot fetch blob " + blob.digest() + " of " + reference.name(), time);
    }
  }
}
