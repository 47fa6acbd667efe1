package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SnmpCountersTest {
    @Test
    void findsTheColumnByItsName() {
        String table =
                """
                Tcp: RtoAlgorithm MaxConn RetransSegs InErrs
                Tcp: 1 -1 42 0
                Udp: InDatagrams RcvbufErrors
                Udp: 100 7
                UdpLite: InDatagrams RcvbufErrors
                UdpLite: 0 9
                """;
        assertThat(SnmpCounters.parse(table)).isEqualTo(new SnmpCounters(7, 42));
    }

    @Test
    void aMissingColumnIsToldByName() {
        assertThatThrownBy(() -> SnmpCounters.parse("Udp: A\nUdp: 1\n"))
                .hasMessageContaining("RcvbufErrors");
    }

    @Test
    void readsThisProcess() {
        assertThat(SnmpCounters.read().tcpRetransmits()).isNotNegative();
    }
}
