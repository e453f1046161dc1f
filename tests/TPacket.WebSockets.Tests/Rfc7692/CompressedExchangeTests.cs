using System.IO.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>
/// RFC 7692, section 7, end to end: messages of all lengths and kinds, compressed in either direction by this library and an independent peer, with every set of parameters.
/// </summary>
public class CompressedExchangeTests
{
    private const int LongestMessage = 128 * 1024;

    private static readonly int[] _lengths = [0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, LongestMessage];

    /// <summary>Role, context takeover of server and client, and the window of each.</summary>
    public static TheoryData<Role, bool, bool, int, int> ParameterSets
    {
        get
        {
            var data = new TheoryData<Role, bool, bool, int, int>();
            foreach (var role in Enum.GetValues<Role>())
            {
                foreach (var takeover in Enumerable.Range(0, 4))
                {
                    foreach (var serverBits in new[] { 8, 9, 15 })
                    {
                        foreach (var clientBits in new[] { 8, 9, 15 })
                            data.Add(role, (takeover & 1) != 0, (takeover & 2) != 0, serverBits, clientBits);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ParameterSets))]
    public void Messages_are_echoed_within_the_negotiated_parameters(Role role, bool serverTakeover, bool clientTakeover, int serverBits, int clientBits)
    {
        // An offer, which is also the response that accepts all of it.
        var extensions = "permessage-deflate"
            + (serverTakeover ? "" : "; server_no_context_takeover")
            + (clientTakeover ? "" : "; client_no_context_takeover")
            + $"; server_max_window_bits={serverBits}; client_max_window_bits={clientBits}";
        var endpoint = new EchoEndpoint(role, Options(new DeflateOptions
        {
            ServerContextTakeover = serverTakeover,
            ClientContextTakeover = clientTakeover,
            ServerMaxWindowBits = serverBits,
            ClientMaxWindowBits = clientBits,
            MinimumLength = 0,
        }), extensions);
        if (role == Role.Server)
            Assert.Contains($"\r\nSec-WebSocket-Extensions: {extensions}\r\n", endpoint.Head, StringComparison.Ordinal);
        using var peer = role == Role.Server ? new DeflatingPeer(clientTakeover, clientBits) : new DeflatingPeer(serverTakeover, serverBits);

        // Long messages only once for each window, since they take long.
        var reachedBack = ExchangeAll(endpoint, peer, longest: serverBits == clientBits ? LongestMessage : 8192);

        var (takeover, windowBits) = role == Role.Server ? (serverTakeover, serverBits) : (clientTakeover, clientBits);
        // With 8 bits the compressor only finds runs of one byte.
        Assert.Equal(takeover && windowBits > 8, reachedBack);
        Assert.InRange(peer.LongestDistance, 1, 1 << windowBits);
        endpoint.End();
    }

    [Theory]
    [BothRoles("permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [BothRoles("permessage-deflate; server_no_context_takeover")]
    public void The_defaults_have_no_context_takeover(Role role, string extensions)
    {
        var endpoint = new EchoEndpoint(role, Options(DeflateOptions.Default), extensions);
        using var peer = new DeflatingPeer(takeover: false, DeflateOptions.MaxWindowBits);
        Assert.False(ExchangeAll(endpoint, peer));
        endpoint.End();
    }

    [Theory]
    [InlineData(
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate; server_no_context_takeover, permessage-deflate",
        "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9", 9)]
    [InlineData("permessage-deflate; server_max_window_bits=7, permessage-deflate; client_max_window_bits", "; server_no_context_takeover; client_no_context_takeover", 15)]
    public void A_server_accepts_the_first_offer_that_it_supports(string offers, string agreed, int windowBits)
    {
        var endpoint = new EchoEndpoint(Role.Server, Options(DeflateOptions.Default), offers);
        Assert.Contains($"\r\nSec-WebSocket-Extensions: permessage-deflate{agreed}\r\n", endpoint.Head, StringComparison.Ordinal);
        using var peer = new DeflatingPeer(takeover: false, DeflateOptions.MaxWindowBits);
        Assert.False(ExchangeAll(endpoint, peer));
        Assert.InRange(peer.LongestDistance, 1, 1 << windowBits);
        endpoint.End();
    }

    [Theory]
    [BothRoles]
    public void Messages_may_be_sent_uncompressed(Role role)
    {
        var endpoint = new EchoEndpoint(role, Options(DeflateOptions.Default), "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        foreach (var length in _lengths)
        {
            endpoint.ReceiveFrames(ServerFrames.Frame(0x82, Samples.Noise(length)));
            var echo = Assert.Single(endpoint.TakeFrames());
            // This side does not compress messages that do not shrink either.
            Assert.Equal(0x82, echo.First);
            Assert.Equal(Samples.Noise(length), echo.Payload);
        }

        endpoint.End();
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [BothRoles(int.MaxValue)]
    [BothRoles(4096)]
    public void A_message_of_16_MiB_is_echoed(Role role, int frameLength)
    {
        // Repeated at a distance beyond every window.
        byte[] part = Samples.Text(1 << 20);
        byte[] text = [.. part, .. part, .. part, .. part];
        text = [.. text, .. text, .. text, .. text];
        var options = Options(DeflateOptions.Default with { CompressionLevel = CompressionLevel.Fastest }) with { MaxMessageLength = text.Length };
        var endpoint = new EchoEndpoint(role, options, "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        using var peer = new DeflatingPeer(takeover: false, DeflateOptions.MaxWindowBits, CompressionLevel.Fastest);

        endpoint.ReceiveFrames(PeerFrames.Fragments(0xC1, peer.Deflate(text), frameLength));

        var echo = Assert.Single(endpoint.TakeFrames());
        Assert.Equal(0xC1, echo.First);
        using var stream = new DeflateStream(new MemoryStream([.. echo.Payload, 0x00, 0x00, 0xFF, 0xFF]), CompressionMode.Decompress);
        var unpacked = new byte[text.Length];
        stream.ReadExactly(unpacked);
        Assert.True(unpacked.AsSpan().SequenceEqual(text));
        endpoint.End();
    }

    [Theory]
    [BothRoles("f1 01 00")] // RSV1 with RSV2 and RSV3.
    [BothRoles("c9 01 00")] // On a ping.
    [BothRoles("41 03 f2 48 cd c0 04 c9 c9 07 00")] // On a continuation.
    public void A_reserved_bit_that_compression_does_not_use_fails_the_connection(Role role, string frames) => ExpectFailure(role, frames, Violations.ReservedBits);

    [Theory]
    [BothRoles("c1 01 ff")]
    [BothRoles("c1 03 f2 48 cd")]
    [BothRoles("c2 00")]
    public void Data_that_does_not_decompress_fails_the_connection(Role role, string frames) => ExpectFailure(role, frames, Violations.CompressedDataInvalid);

    /// <summary>Sends messages of all lengths and kinds, in frames of many lengths with pings in between, and expects each one back.</summary>
    /// <returns>Whether an echoed message has referred to an earlier one.</returns>
    private static bool ExchangeAll(EchoEndpoint endpoint, DeflatingPeer peer, int longest = LongestMessage)
    {
        var reachedBack = false;
        var frameLengths = new[] { int.MaxValue, 1024, 100, 7 };
        var count = 0;
        foreach (var length in _lengths.Where(length => length <= longest))
        {
            foreach (var (first, data) in new[] { (0xC1, Samples.Json(length)), (0xC1, Samples.Text(length)), (0xC2, Samples.Noise(length)) })
            {
                var payload = peer.Deflate(data);
                // Frames of a few bytes for short messages only.
                var frameLength = frameLengths[count++ % (length > 4096 ? 2 : 4)];
                endpoint.ReceiveFrames(PeerFrames.Fragments((byte)first, payload, frameLength, between: ServerFrames.Ping((byte)count)));

                var answers = endpoint.TakeFrames();
                Assert.Equal(Math.Max(1, (payload.Length + (long)frameLength - 1) / frameLength), answers.Count);
                Assert.All(answers.SkipLast(1), frame => Assert.Equal($"Pong {(byte)count:x2}", frame.ToString()));
                Assert.Equal(first & 0x8F, answers[^1].First & 0xBF);
                Assert.True(data.AsSpan().SequenceEqual(peer.Inflate(answers[^1])));
                reachedBack |= peer.ReachedBack;
            }
        }

        return reachedBack;
    }

    private static void ExpectFailure(Role role, string frames, Violation violation)
    {
        var endpoint = new EchoEndpoint(role, Options(DeflateOptions.Default), "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        endpoint.ReceiveFrames(Hex.Bytes(frames));
        Assert.Equal([$"Close {(int)violation.Status:x4}{Hex.Of(System.Text.Encoding.ASCII.GetBytes(violation.Reason))}"], endpoint.TakeLines());
        endpoint.EndInput();
        endpoint.ExpectEnd(EndCause.Violation, violation.Status);
    }

    private static WebSocketOptions Options(DeflateOptions compression) =>
        // There is a ping between any two frames, and the clock does not advance.
        WebSocketOptions.Default with { MaxMessageLength = LongestMessage, ControlFramesPerSecond = 0, Compression = compression };
}
