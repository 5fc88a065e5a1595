package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.PullState;
import java.io.IOException;

/** {@code pulls}: what is under way and for whom, the oldest first. */
final class ListPulls implements AdminHandler {
  private final Images images;

  ListPulls(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    for (PullState state : images.pulls()) {
      call.answer(
          new PullMessages.Row(
              state.reference(),
              state.by(),
              state.since(),
              state.layersDone(),
              state.layers().size(),
              state.received(),
              state.total(),
              state.rate()));
    }
  }
}
