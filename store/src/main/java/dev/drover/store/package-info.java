/**
 * Adapter: what the cluster remembers, in ZooKeeper through Curator.
 *
 * <p>Read {@link dev.drover.store.ClusterStore} (who may read what), {@link
 * dev.drover.store.FencedStore} (what only the leader may write, and the compare-and-set that every
 * move hangs on), {@link dev.drover.store.Leadership} (who leads, and its term), {@link
 * dev.drover.store.EmbeddedZooKeeper}.
 *
 * <p>Specifications, hosts and moves are text to this package. The znodes:
 *
 * <pre>
 * /drover/vms/NAME          specification
 * /drover/vms/NAME/active   "EPOCH HOST"
 * /drover/moves/ID          a move's state
 * /drover/hosts/NAME        what is known of a host
 * /drover/cordoned/NAME     is there while that host takes no VMs
 * /drover/lost/NAME         that host never comes back: the VMs lost with it
 * /drover/images/NAME       a base image: what its file is
 * /drover/term              name of the last leader; its data version is the term
 * /drover/quorum            written to prove a quorum
 * /drover/leaders           who would lead
 * </pre>
 */
@NullMarked
package dev.drover.store;

import org.jspecify.annotations.NullMarked;
