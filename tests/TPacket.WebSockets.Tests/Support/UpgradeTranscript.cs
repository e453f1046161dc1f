using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Tests;

/// <summary>Reads a request head as a connection does: passes all bytes that have arrived to the reader with each piece.</summary>
internal static class UpgradeTranscript
{
    public const int MaxLength = 8192;
    public const int MaxHeaders = 64;

    /// <summary>Asserts that the request is read with its last byte, at every split.</summary>
    public static UpgradeRequest ExpectRequest(string request)
    {
        UpgradeRequest? read = null;
        foreach (var pieces in Splits.Of(Requests.Bytes(request)))
        {
            Assert.Equal(UpgradeReadStatus.Done, Read(pieces, out read, out var consumed, out _));
            Assert.Equal(request.Length, consumed);
        }

        return read!;
    }

    /// <summary>Asserts that the request is rejected with the status, at every split.</summary>
    public static void ExpectRefusal(string request, int statusCode) => ExpectRefusal(Requests.Bytes(request), statusCode);

    public static void ExpectRefusal(byte[] request, int statusCode)
    {
        foreach (var pieces in Splits.Of(request))
        {
            Assert.Equal(UpgradeReadStatus.Refused, Read(pieces, out var none, out _, out var refusal));
            Assert.Equal(statusCode, refusal!.StatusCode);
            Assert.Null(none);
        }
    }

    public static UpgradeReadStatus Read(
        byte[][] pieces, out UpgradeRequest? request, out int consumed, out HttpRefusal? refusal, int maxLength = MaxLength, int maxHeaders = MaxHeaders)
    {
        var arrived = new List<byte>();
        request = null;
        consumed = 0;
        refusal = null;
        foreach (var piece in pieces)
        {
            arrived.AddRange(piece);
            var status = UpgradeRequestReader.TryRead([.. arrived], maxLength, maxHeaders, out request, out consumed, out refusal);
            if (status != UpgradeReadStatus.NeedMore)
                return status;
        }

        return UpgradeReadStatus.NeedMore;
    }
}
