package io.jcri.shim;

/**
 * The numbers of the shim's protocol, as {@code native/protocol.def} lists them; {@code
 * native/wire.h} says what they mean.
 */
final class Wire {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 12;
  static final int MAX_BODY_BYTES = 1 << 20;

  static final int STATUS = 1;
  static final int START = 2;
  static final int KILL = 3;
  static final int EXEC_SYNC = 4;
  static final int EXEC = 5;
  static final int ATTACH = 6;
  static final int RESIZE = 7;
  static final int REOPEN_LOG = 8;
  static final int CLOSE_STDIN = 9;
  static final int WATCH = 10;
  static final int DELETE = 11;
  static final int TAKE = 12;

  static final int OK = 128;
  static final int ERROR = 129;
  static final int STDOUT = 130;
  static final int STDERR = 131;
  static final int EXEC_EXIT = 132;
  static final int EXIT = 133;

  static final int TAG_ERROR = 1;
  static final int TAG_PID = 2;
  static final int TAG_STATE = 3;
  static final int TAG_EXIT_CODE = 4;
  static final int TAG_SIGNAL = 5;
  static final int TAG_STARTED_AT = 6;
  static final int TAG_FINISHED_AT = 7;
  static final int TAG_OOM_KILLED = 8;
  static final int TAG_PROCESS = 9;
  static final int TAG_TIMEOUT_MILLIS = 10;
  static final int TAG_LIMIT = 11;
  static final int TAG_TTY = 12;
  static final int TAG_STDIN = 13;
  static final int TAG_STDOUT = 14;
  static final int TAG_STDERR = 15;
  static final int TAG_EXEC_ID = 16;
  static final int TAG_COLUMNS = 17;
  static final int TAG_ROWS = 18;
  static final int TAG_SHIM_PID = 19;
  static final int TAG_CONTAINER_ID = 20;
  static final int TAG_TIMED_OUT = 21;
  static final int TAG_TRUNCATED = 22;
  static final int TAG_DATA = 23;
  static final int TAG_LOG_DROPPED = 24;
  static final int TAG_KILL_REQUESTED = 25;
  static final int TAG_LOG_UNTOLD = 26;
  static final int TAG_CODE_LOST = 27;

  private Wire() {}
}
