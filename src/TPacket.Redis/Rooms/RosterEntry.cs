using System.Diagnostics.CodeAnalysis;
using System.Text;
using StackExchange.Redis;

namespace TPacket.Server.Redis.Rooms;

/// <summary>An entry of a roster: offset, check and time of the member's last event, its node, and the member, separated by spaces.</summary>
internal static class RosterEntry
{
    private const int Words = 4;

    /// <summary>Decodes an entry.</summary>
    /// <param name="entry">A field of the roster with its value.</param>
    /// <param name="member">The member.</param>
    /// <param name="node">The node to which the member belongs.</param>
    /// <returns>False if the field maps a session to a member's id.</returns>
    public static bool TryRead(HashEntry entry, [NotNullWhen(true)] out RoomMember? member, out string node)
    {
        (member, node) = (null, "");
        if (((string)entry.Name!).StartsWith("s:", StringComparison.Ordinal))
            return false;
        ReadOnlySpan<byte> value = (byte[])entry.Value!;
        for (var i = 0; i < Words; i++)
        {
            var length = value.IndexOf((byte)' ');
            node = i == Words - 1 ? Encoding.ASCII.GetString(value[..length]) : node;
            value = value[(length + 1)..];
        }

        member = EventEntry.UnpackMember(value);
        return true;
    }
}
