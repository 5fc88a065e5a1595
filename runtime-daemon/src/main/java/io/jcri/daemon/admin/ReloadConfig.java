package io.jcri.daemon.admin;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.Reloaded;
import java.io.IOException;
import java.util.List;

/** {@code reload}: answers when the new configuration counts, or with what is wrong in it. */
final class ReloadConfig implements AdminHandler {
  private final ConfigControl config;

  ReloadConfig(ConfigControl config) {
    this.config = config;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    ConfigMessages.Outcome outcome;
    try {
      Reloaded reloaded = config.reload();
      outcome = new ConfigMessages.Outcome(List.of(), reloaded.applied(), reloaded.needRestart());
    } catch (ConfigException e) {
      outcome = new ConfigMessages.Outcome(e.problems(), List.of(), List.of());
    }
    call.answer(outcome);
  }
}
