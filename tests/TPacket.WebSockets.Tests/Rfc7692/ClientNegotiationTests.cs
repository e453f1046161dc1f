using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.1: a client's offer, and the response that it accepts.</summary>
public class ClientNegotiationTests
{
    private const string Server = "; server_no_context_takeover";
    private const string Client = "; client_no_context_takeover";

    private static readonly DeflateOptions _takeover = new() { ServerContextTakeover = true, ClientContextTakeover = true };

    [Fact]
    public void The_offer_has_the_clients_parameters()
    {
        Assert.Equal("permessage-deflate" + Server + Client + "; client_max_window_bits", Offer(DeflateOptions.Default));
        Assert.Equal("permessage-deflate; client_max_window_bits", Offer(_takeover));
        Assert.Equal("permessage-deflate; server_max_window_bits=9; client_max_window_bits", Offer(_takeover with { ServerMaxWindowBits = 9 }));
        Assert.Equal("permessage-deflate; client_max_window_bits=8", Offer(_takeover with { ClientMaxWindowBits = 8 }));
        Assert.Equal(
            "permessage-deflate" + Server + Client + "; server_max_window_bits=10; client_max_window_bits=14",
            Offer(new DeflateOptions { ServerMaxWindowBits = 10, ClientMaxWindowBits = 14 }));
    }

    [Theory]
    [InlineData("permessage-deflate", true, true, 15, 15)]
    [InlineData(" permessage-deflate ,", true, true, 15, 15)]
    [InlineData("permessage-deflate; server_no_context_takeover", false, true, 15, 15)]
    [InlineData("permessage-deflate; client_no_context_takeover", true, false, 15, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=8", true, true, 8, 15)]
    [InlineData("permessage-deflate; server_max_window_bits=15", true, true, 15, 15)]
    [InlineData("permessage-deflate; client_max_window_bits=8", true, true, 15, 8)]
    [InlineData("permessage-deflate; client_max_window_bits=\"12\"", true, true, 15, 12)]
    [InlineData("permessage-deflate; client_max_window_bits=15; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover", false, false, 10, 15)]
    public void A_server_may_reduce_the_parameters(string response, bool server, bool client, int serverBits, int clientBits)
    {
        Assert.Equal(NegotiationStatus.Agreed, Read(response, _takeover, out var parameters));
        Assert.Equal(new DeflateParameters(server, client, serverBits, clientBits), parameters);
    }

    [Theory]
    [InlineData("permessage-deflate" + Server, 15)]
    [InlineData("permessage-deflate" + Server + Client, 15)]
    [InlineData("permessage-deflate" + Server + "; server_max_window_bits=10", 10)]
    public void The_clients_own_constraints_hold_whatever_the_response(string response, int serverBits)
    {
        Assert.Equal(NegotiationStatus.Agreed, Read(response, DeflateOptions.Default with { ClientMaxWindowBits = 9 }, out var parameters));
        Assert.Equal(new DeflateParameters(false, false, serverBits, 9), parameters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("Permessage-Deflate")]
    [InlineData("permessage-deflate, permessage-deflate")]
    [InlineData("permessage-deflate, foo")]
    [InlineData("foo, permessage-deflate")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits=10")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate permessage-deflate")]
    public void A_response_that_does_not_match_the_offer_fails_the_connection(string response) => Assert.Equal(NegotiationStatus.Malformed, Read(response, _takeover, out _));

    [Fact]
    public void Section_7_1_1_1_a_server_confirms_that_it_has_no_context_takeover()
    {
        Assert.Equal(NegotiationStatus.Malformed, Read("permessage-deflate", DeflateOptions.Default, out _));
        Assert.Equal(NegotiationStatus.Malformed, Read("permessage-deflate; client_no_context_takeover", DeflateOptions.Default, out _));
    }

    [Theory]
    [InlineData("permessage-deflate", false)]
    [InlineData("permessage-deflate; server_max_window_bits=11", false)]
    [InlineData("permessage-deflate; server_max_window_bits=15", false)]
    [InlineData("permessage-deflate; server_max_window_bits=10", true)]
    [InlineData("permessage-deflate; server_max_window_bits=9", true)]
    public void Section_7_1_2_1_the_servers_window_is_at_most_the_offered_one(string response, bool agreed) =>
        Assert.Equal(agreed ? NegotiationStatus.Agreed : NegotiationStatus.Malformed, Read(response, _takeover with { ServerMaxWindowBits = 10 }, out _));

    [Theory]
    [InlineData("permessage-deflate", true, 10)]
    [InlineData("permessage-deflate; client_max_window_bits=9", true, 9)]
    [InlineData("permessage-deflate; client_max_window_bits=10", true, 10)]
    [InlineData("permessage-deflate; client_max_window_bits=11", false, 0)]
    public void Section_7_1_2_2_the_clients_window_is_at_most_the_offered_one(string response, bool agreed, int clientBits)
    {
        Assert.Equal(agreed ? NegotiationStatus.Agreed : NegotiationStatus.Malformed, Read(response, _takeover with { ClientMaxWindowBits = 10 }, out var parameters));
        Assert.Equal(clientBits, parameters.ClientMaxWindowBits);
    }

    [Fact]
    public void Both_sides_of_this_library_negotiate_the_same_parameters()
    {
        var wishes =
            from server in new[] { false, true }
            from client in new[] { false, true }
            from serverBits in new[] { 8, 12, 15 }
            from clientBits in new[] { 8, 12, 15 }
            select new DeflateOptions { ServerContextTakeover = server, ClientContextTakeover = client, ServerMaxWindowBits = serverBits, ClientMaxWindowBits = clientBits };
        var all = wishes.ToArray();
        foreach (var client in all)
        {
            var offer = Offer(client);
            foreach (var server in all)
            {
                var response = new byte[DeflateElementWriter.MaxLength];
                Assert.Equal(NegotiationStatus.Agreed, ServerNegotiation.Accept(Encoding.Latin1.GetBytes(offer), server, response, out var length, out var atServer));
                Assert.Equal(NegotiationStatus.Agreed, ClientNegotiation.ReadResponse(response.AsSpan(0, length), client, out var atClient));

                // A server may use a smaller window than the response says.
                Assert.InRange(atServer.ServerMaxWindowBits, 8, atClient.ServerMaxWindowBits);
                Assert.Equal(atServer, atClient with { ServerMaxWindowBits = atServer.ServerMaxWindowBits });
            }
        }
    }

    [Fact]
    public void Each_side_reads_the_header_of_the_other()
    {
        var parameters = new DeflateParameters(ServerContextTakeover: true, ClientContextTakeover: false, ServerMaxWindowBits: 9, ClientMaxWindowBits: 8);
        foreach (var isServer in new[] { false, true })
        {
            var deflater = parameters.CreateDeflater(isServer, System.IO.Compression.CompressionLevel.Optimal);
            var inflater = parameters.CreateInflater(!isServer);
            var reference = new ReferenceInflater();
            Assert.Equal(isServer, deflater.ContextTakeover);
            for (var i = 0; i < 3; i++)
            {
                using var message = deflater.Deflate([], Samples.Text(2000));
                Assert.Equal(Samples.Text(2000), Inflating.Message(inflater, 4096, message.Bytes.ToArray()));
                reference.Message(message.Bytes.ToArray());
            }

            Assert.InRange(reference.LongestDistance, 0, isServer ? 512 : 256);
            deflater.Release();
            inflater.Release();
        }
    }

    private static string Offer(DeflateOptions options)
    {
        var offer = new byte[DeflateElementWriter.MaxLength];
        return Encoding.Latin1.GetString(offer, 0, ClientNegotiation.WriteOffer(offer, options));
    }

    private static NegotiationStatus Read(string response, DeflateOptions options, out DeflateParameters parameters) =>
        ClientNegotiation.ReadResponse(Encoding.Latin1.GetBytes(response), options, out parameters);
}
