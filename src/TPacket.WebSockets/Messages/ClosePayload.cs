using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace TPacket.WebSockets.Messages;

/// <summary>The body of a close frame (RFC 6455, sections 5.5.1 and 7.4).</summary>
internal static class ClosePayload
{
    /// <summary>Longest reason in bytes of UTF-8.</summary>
    public const int MaxReasonLength = 123;

    /// <summary>Whether a status may stand in a close frame.</summary>
    public static bool IsSendable(CloseStatus status) => (ushort)status switch
    {
        >= 1000 and <= 1003 => true,
        >= 1007 and <= 1014 => true,
        >= 3000 and <= 4999 => true,
        _ => false,
    };

    /// <summary>Reads a close frame's payload.</summary>
    /// <param name="payload">The unmasked payload.</param>
    /// <param name="status">The status; <see cref="CloseStatus.NoStatusReceived"/> for an empty payload.</param>
    /// <param name="violation">What is wrong with it, when the result is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CloseStatus status, out Violation violation)
    {
        violation = default;
        status = CloseStatus.NoStatusReceived;
        if (payload.IsEmpty)
            return true;
        if (payload.Length == 1)
        {
            violation = Violations.CloseOfOneByte;
            return false;
        }

        status = (CloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!IsSendable(status))
        {
            violation = Violations.CloseStatusInvalid;
            return false;
        }

        if (!Utf8.IsValid(payload[2..]))
        {
            violation = Violations.CloseReasonNotUtf8;
            return false;
        }

        return true;
    }

    /// <summary>Writes a payload; a reason that is too long is cut at a character.</summary>
    /// <returns>The payload's length in bytes, at most 125.</returns>
    public static int Write(Span<byte> destination, CloseStatus status, ReadOnlySpan<char> reason)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)status);
        Utf8.FromUtf16(reason, destination.Slice(2, MaxReasonLength), out _, out var written, replaceInvalidSequences: true);
        return 2 + written;
    }

    /// <summary>The reason of a payload that <see cref="TryRead"/> accepted.</summary>
    public static string Reason(ReadOnlySpan<byte> payload) => payload.Length > 2 ? Encoding.UTF8.GetString(payload[2..]) : "";
}
