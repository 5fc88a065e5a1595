package io.jcri.daemon.pull;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.image.FetchedImage;
import io.jcri.oci.image.ImageReceiver;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.WholeLayer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The daemon's store as the worker sees it. Thread-safe. */
final class RemoteReceiver implements ImageReceiver {

  private final WorkerCall call;

  /** Everything is made in it; guarded by this, as what follows. */
  private @Nullable Path directory;

  private int made;

  RemoteReceiver(WorkerCall call) {
    this.call = call;
  }

  @Override
  public synchronized Path makeTemporary() {
    if (directory == null) {
      directory = call.ask(new WorkerMessages.MakeDirectory()).directory().orElseThrow();
    }
    made++;
    try {
      return Files.createDirectory(directory.resolve(Integer.toString(made)));
    } catch (IOException e) {
      throw OciException.ofIo("cannot make a directory in " + directory, e);
    }
  }

  @Override
  public List<Layer> commit(List<WholeLayer> whole) {
    return call.ask(new WorkerMessages.Commit(whole)).layers();
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
    return new Begun(call.ask(new WorkerMessages.Begin(diffIds)).image());
  }

  private final class Begun implements Receiving {
    private final int number;

    Begun(int number) {
      this.number = number;
    }

    @Override
    public Map<Integer, Layer> present() {
      WorkerMessages.Answer answer = call.ask(new WorkerMessages.FindAll(number));
      Map<Integer, Layer> found = new HashMap<>();
      for (int i = 0; i < answer.layers().size(); i++) {
        found.put(answer.heights().get(i), answer.layers().get(i));
      }
      return found;
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
                  image.seekable(),
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
