package io.jcri.daemon.image;

import io.jcri.oci.OciException;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.ImageFetcher;
import io.jcri.oci.image.ImageReceiver;
import io.jcri.oci.image.PullProgress;
import io.jcri.oci.image.PullRequest;
import java.io.InputStream;

/** For a node that pulls nothing. */
public final class NoFetcher implements ImageFetcher {
  @Override
  public void pull(PullRequest request, ImageReceiver receiver, PullProgress progress) {
    throw new OciException(OciException.Kind.UNAVAILABLE, "nothing is pulled here");
  }

  @Override
  public void load(InputStream archive, ArchiveWish wish, ImageReceiver receiver) {
    throw new OciException(OciException.Kind.UNAVAILABLE, "nothing is loaded here");
  }
}
