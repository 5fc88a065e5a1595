package io.jcri.daemon.admin;

import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.image.Images;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a request, has the handler of its verb serve it, and ends the answers. Thread-safe. */
final class AdminVerbs {
  private static final Logger log = LoggerFactory.getLogger(AdminVerbs.class);

  /** The longest request; its content comes behind it. */
  private static final int MAX_REQUEST = 1 << 20;

  private record Request(int version, String verb, Map<String, @Nullable Object> arguments) {}

  private final Map<String, AdminHandler> handlers;

  AdminVerbs(Map<String, AdminHandler> handlers) {
    this.handlers = handlers;
  }

  static AdminVerbs of(AdminNode node) {
    Map<String, AdminHandler> handlers = new HashMap<>();
    addImages(handlers, node.images(), node.users());
    NodeLists lists = new NodeLists(node);
    handlers.put("pods", lists::pods);
    handlers.put("containers", lists::containers);
    handlers.put("usage", lists::usage);
    NodeDetails details = new NodeDetails(node);
    handlers.put("pod", details::pod);
    handlers.put("container", details::container);
    handlers.put("process", details::process);
    handlers.put("status", new TellStatus(node));
    handlers.put("debug", new TellInside(node));
    // By itself: it takes some hundred milliseconds, the rest a few.
    handlers.put("threads", call -> call.answer(ThreadFacts.read(node.layout())));
    handlers.put("events", new TellEvents(node.events()));
    handlers.put("reset", new ResetNode(node));
    handlers.put(
        "leftovers",
        call -> {
          for (NodeMessages.Removed gone :
              node.leftovers().collect(call.arguments(NodeMessages.Leftovers.class).dry())) {
            call.answer(gone);
          }
        });
    handlers.put("reload", new ReloadConfig(node.control()));
    handlers.put("config", new ShowConfig(node.control()));
    return new AdminVerbs(Map.copyOf(handlers));
  }

  private static void addImages(
      Map<String, AdminHandler> handlers, Images images, ImageUsers users) {
    handlers.put("load", new LoadHandler(images));
    handlers.put("save", new SaveHandler(images));
    handlers.put("pull", new PullHandler(images));
    handlers.put("pulls", new ListPulls(images));
    handlers.put("images", new ListImages(images, users));
    handlers.put("inspect", new InspectImages(images, users));
    handlers.put("remove", new RemoveImages(images));
    handlers.put("prune", new PruneImages(images, users));
    handlers.put("tag", new TagImage(images));
    handlers.put("pin", new PinImages(images));
  }

  /**
   * Serves one request.
   *
   * @throws IOException when the client has gone
   */
  void serve(Wire wire) throws IOException {
    byte[] line = wire.line(MAX_REQUEST);
    if (line == null) {
      return;
    }
    if (line.length == 0 || line[0] != '{') {
      wire.writeText(
          "failed: this daemon is newer than the jcri that asks; use the one beside the daemon");
      return;
    }
    try (ClientWatch watch = new ClientWatch(wire)) {
      serve(line, wire, watch);
    } catch (OciException e) {
      wire.failed(e.kind().name(), Reasons.of(e));
      return;
    } catch (JcriException e) {
      wire.failed(e.kind().name(), Reasons.of(e));
      return;
    } catch (RuntimeException e) {
      Faults.error(log, "a call on the admin socket has failed", e);
      wire.failed(OciException.Kind.INTERNAL.name(), Reasons.of(e));
      return;
    }
    wire.done();
  }

  private void serve(byte[] line, Wire wire, ClientWatch watch) throws IOException {
    Request request = Json.parse(line, Request.class);
    if (request.version() != Wire.VERSION) {
      throw new OciException(
          OciException.Kind.INVALID,
          "this daemon speaks version %d of the admin protocol, not %d"
              .formatted(Wire.VERSION, request.version()));
    }
    AdminHandler handler = handlers.get(request.verb());
    if (handler == null) {
      throw new OciException(
          OciException.Kind.INVALID, "this daemon does not know \"" + request.verb() + "\"");
    }
    if (!handler.takesContent()) {
      watch.start();
    }
    handler.handle(new AdminCall(request.arguments(), wire, watch));
  }
}
