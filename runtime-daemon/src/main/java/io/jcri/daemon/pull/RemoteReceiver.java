package io.jcri.daemon.pull;

import io.jcri.oci.Digest;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.image.FetchedImage;
import io.jcri.oci.image.ImageReceiver;
import io.jcri.oci.snapshot.Layer;
import io.jcri.oci.snapshot.LayerInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The daemon's store as the worker sees it. Thread-safe. */
final class RemoteReceiver implements ImageReceiver {

  private final WorkerCall call;

  RemoteReceiver(WorkerCall call) {
    this.call = call;
  }

  @Override
  public Path makeTemporary() {
    return call.ask(new WorkerMessages.MakeDirectory()).directory().orElseThrow();
  }

  @Override
  public Layer commit(Path directory, String key, LayerInfo info) {
    return call.ask(new WorkerMessages.Commit(directory, key, info)).layers().getFirst();
  }

  @Override
  public void discard(Path directory) {
    call.tell(new WorkerMessages.Discard(directory));
  }

  @Override
  public void resolved(ImageReference reference, Descriptor top) {
    var _ =
        call.ask(
            new WorkerMessages.Resolved(
                reference.toString(), top.mediaType(), top.digest(), top.size()));
  }

  @Override
  public Receiving begin(List<Digest> diffIds) {
    return new Begun(call.ask(new WorkerMessages.Begin(diffIds)).image(), diffIds.size());
  }

  private final class Begun implements Receiving {
    private final int number;
    private final int height;

    Begun(int number, int height) {
      this.number = number;
      this.height = height;
    }

    @Override
    public Optional<List<Layer>> all() {
      List<Layer> layers = call.ask(new WorkerMessages.FindAll(number)).layers();
      return layers.size() == height ? Optional.of(layers) : Optional.empty();
    }

    @Override
    public Optional<Layer> layer(int at) {
      return call.ask(new WorkerMessages.Find(number, at)).layers().stream().findFirst();
    }

    @Override
    public void record(FetchedImage image) {
      WorkerWire.Message _ =
          call.ask(
              new WorkerMessages.Enter(
                  number,
                  image.id(),
                  image.user(),
                  image.platform(),
                  image.artifact(),
                  image.tags(),
                  image.repoDigests(),
                  image.approval(),
                  image.pinned()),
              image.rawConfig());
    }

    @Override
    public void close() {
      call.tell(new WorkerMessages.Close(number));
    }
  }
}
