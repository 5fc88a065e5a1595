package io.jcri.oci.record;

import io.jcri.oci.JsonRest;

/**
 * What a look at a record's file has found. Only {@link Absent} says that no file speaks of the
 * object: whatever else is not {@link Read} must not be taken for its end.
 *
 * @param <T> the record's type
 */
public sealed interface RecordReading<T extends Record> {

  /**
   * The record.
   *
   * @param rest what its file holds besides, to be written again
   */
  record Read<T extends Record>(T value, JsonRest rest) implements RecordReading<T> {}

  /** The file is not what was written: cut short, changed, or no such record at all. */
  record Torn<T extends Record>(String reason) implements RecordReading<T> {}

  /** A later version of jcri has written it, in a way that this one would misunderstand. */
  record FromNewer<T extends Record>(String reason) implements RecordReading<T> {}

  /** The disk did not let us look, which may pass. */
  record Unreadable<T extends Record>(String reason) implements RecordReading<T> {}

  /** There is no such file. */
  record Absent<T extends Record>() implements RecordReading<T> {}
}
