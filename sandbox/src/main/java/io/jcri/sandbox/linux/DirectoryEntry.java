package io.jcri.sandbox.linux;

/**
 * One name of a directory.
 *
 * @param name coded by {@link PathBytes}
 * @param inode its number
 * @param type as in {@link FileStat#type}, or 0 when the file system does not say
 */
public record DirectoryEntry(String name, long inode, int type) {
  /** Whether it is known to be a directory. */
  public boolean isDirectory() {
    return type == FileStat.DIRECTORY;
  }
}
