/** Tests of the cluster monitor, with a real ZooKeeper. */
@NullMarked
package dev.drover.monitor;

import org.jspecify.annotations.NullMarked;
