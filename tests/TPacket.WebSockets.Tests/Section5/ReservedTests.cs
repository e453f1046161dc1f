namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.2: reserved bits and opcodes fail the connection, and later frames are ignored.</summary>
public class ReservedTests
{
    // A message and a ping, which are answered.
    private const string Before = "81 05 48 65 6c 6c 6f  89 01 07";

    /// <summary>Every combination of reserved bits on every kind of frame.</summary>
    public static TheoryData<Role, string> ReservedBits => Roles.With(
        from first in new[] { 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A, 0x00, 0x01, 0x02 }
        from bits in Enumerable.Range(1, 7)
        select $"{first | (bits << 4):x2}");

    /// <summary>Every reserved opcode, with FIN and without.</summary>
    public static TheoryData<Role, string> ReservedOpcodes => Roles.With(
        from opcode in new[] { 0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF }
        from fin in new[] { 0x80, 0x00 }
        select $"{fin | opcode:x2}");

    [Theory]
    [MemberData(nameof(ReservedBits))]
    public void A_reserved_bit_fails_the_connection_with_its_byte(Role role, string first)
    {
        EchoAssert.Fails(role, first, Violations.ReservedBits);
        EchoAssert.Fails(role, $"{Before} {first}", Violations.ReservedBits, "Text 48656c6c6f", "Pong 07");
    }

    [Theory]
    [MemberData(nameof(ReservedOpcodes))]
    public void A_reserved_opcode_fails_the_connection_with_its_byte(Role role, string first)
    {
        EchoAssert.Fails(role, first, Violations.ReservedOpcode);
        EchoAssert.Fails(role, $"{Before} {first}", Violations.ReservedOpcode, "Text 48656c6c6f", "Pong 07");
    }

    [Theory]
    [BothRoles("01 01 61  b0", "reserved bit set")]
    [BothRoles("01 01 61  83", "reserved opcode")]
    public void Reserved_bits_and_opcodes_within_a_message_fail_the_connection(Role role, string frames, string reason) =>
        EchoAssert.Fails(role, frames, new Violation(CloseStatus.ProtocolError, reason));
}
