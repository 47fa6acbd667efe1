/** Runs engines against hosts and a record that are written by hand: {@link FakeCluster}. */
@NullMarked
package dev.drover.engine;

import org.jspecify.annotations.NullMarked;
