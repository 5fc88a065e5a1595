package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.PullState;
import java.io.IOException;
import java.util.List;

/** {@code pulls}: what is under way and for whom, the oldest first. */
final class ListPulls implements AdminHandler {
  private final Images images;

  ListPulls(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    for (PullMessages.Row row : rows(images)) {
      call.answer(row);
    }
  }

  static List<PullMessages.Row> rows(Images images) {
    return images.pulls().stream().map(ListPulls::row).toList();
  }

  private static PullMessages.Row row(PullState state) {
    return new PullMessages.Row(
        state.reference(),
        state.by(),
        state.since(),
        state.layersDone(),
        state.layers().size(),
        state.received(),
        state.total(),
        state.rate());
  }
}
