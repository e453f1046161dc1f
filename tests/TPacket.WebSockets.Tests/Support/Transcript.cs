using System.Reflection;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Tests;

/// <summary>Results of a <see cref="MessageReader"/>, one line per message, control frame or violation.</summary>
internal static class Transcript
{
    /// <summary>
    /// Asserts that the input reads as the lines at every split, and that all buffers are returned. Does the same for the frames in the other role, masked or unmasked.
    /// </summary>
    public static void Expect(byte[] input, string[] lines, bool expectMasked = true, int limit = 65536, Func<Inflater>? inflater = null)
    {
        ExpectHere(input, lines, expectMasked, limit, inflater);
        if (!IsOfOneRole(lines))
            ExpectHere(InOtherRole(input, expectMasked), lines, !expectMasked, limit, inflater);
    }

    /// <summary>Asserts that the last byte of the input is a violation, at every split. Does the same for the frames in the other role.</summary>
    public static void ExpectViolationAtLastByte(byte[] input, Violation violation, bool expectMasked = true, int limit = 65536, Func<Inflater>? inflater = null)
    {
        string[] lines = [Of(violation)];
        Expect(input, lines, expectMasked, limit, inflater);
        ExpectHere(input[..^1], [], expectMasked, limit, inflater);
        if (!IsOfOneRole(lines))
            ExpectHere(InOtherRole(input, expectMasked)[..^1], [], !expectMasked, limit, inflater);
    }

    public static string[] Read(byte[][] pieces, bool expectMasked = true, int limit = 65536, Inflater? inflater = null)
    {
        var reader = new MessageReader(expectMasked, limit, inflater);
        var lines = new List<string>();
        foreach (var piece in pieces)
        {
            if (!Read(reader, piece, lines))
                break;
        }

        reader.Release();
        return [.. lines];
    }

    public static string Of(Violation violation) => $"Violation {(int)violation.Status} {violation.Reason}";

    /// <summary>Returns a violation by its name in <see cref="Violations"/>.</summary>
    public static Violation Named(string name) =>
        (Violation)typeof(Violations).GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static bool IsOfOneRole(string[] lines) => lines.Any(static line => line == Of(Violations.Masked) || line == Of(Violations.NotMasked));

    private static byte[] InOtherRole(byte[] input, bool masked) => masked ? PeerFrames.Unmask(input) : PeerFrames.Mask(input);

    private static void ExpectHere(byte[] input, string[] lines, bool expectMasked, int limit, Func<Inflater>? inflater)
    {
        foreach (var pieces in Splits.Of(input))
        {
            var outstanding = BufferPool.Outstanding;
            Assert.Equal(lines, Read(pieces, expectMasked, limit, inflater?.Invoke()));
            Assert.Equal(outstanding, BufferPool.Outstanding);
        }
    }

    private static bool Read(MessageReader reader, Span<byte> input, List<string> lines)
    {
        while (true)
        {
            var result = reader.Read(ref input, out var payload);
            switch (result)
            {
                case ReadResult.NeedMore:
                    Assert.True(input.IsEmpty);
                    return true;
                case ReadResult.ShortFragment:
                    Assert.True(payload.IsEmpty);
                    break;
                case ReadResult.Violation:
                    lines.Add(Of(reader.Violation));
                    return false;
                default:
                    lines.Add($"{result} {Hex.Of(payload)}");
                    break;
            }
        }
    }
}
