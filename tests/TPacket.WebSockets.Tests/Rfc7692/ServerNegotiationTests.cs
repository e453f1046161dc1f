using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.1: a server's response to offers.</summary>
public class ServerNegotiationTests
{
    private const string Server = "; server_no_context_takeover";
    private const string Client = "; client_no_context_takeover";
    private const string Declined = "declined";
    private const string Malformed = "malformed";

    private static readonly DeflateOptions _takeover = new() { ServerContextTakeover = true, ClientContextTakeover = true };

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate" + Server + Client)]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate" + Server + Client)]
    [InlineData("permessage-deflate; server_no_context_takeover; client_no_context_takeover", "permessage-deflate" + Server + Client)]
    [InlineData("permessage-deflate; client_max_window_bits; server_max_window_bits=10", "permessage-deflate" + Server + Client + "; server_max_window_bits=10")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", "permessage-deflate" + Server + Client)]
    public void The_defaults_have_no_context_takeover(string offers, string response) => ExpectAgreed(offers, DeflateOptions.Default, response);

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate", true, true)]
    [InlineData("permessage-deflate; server_no_context_takeover", "permessage-deflate" + Server, false, true)]
    [InlineData("permessage-deflate; client_no_context_takeover", "permessage-deflate" + Client, true, false)]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", "permessage-deflate" + Server + Client, false, false)]
    public void Section_7_1_1_context_takeover_needs_both_sides(string offers, string response, bool server, bool client)
    {
        var parameters = ExpectAgreed(offers, _takeover, response);
        Assert.Equal(server, parameters.ServerContextTakeover);
        Assert.Equal(client, parameters.ClientContextTakeover);
    }

    [Theory]
    [InlineData("", 15, "", 15)]
    [InlineData("", 10, "", 10)]
    [InlineData("; server_max_window_bits=8", 15, "; server_max_window_bits=8", 8)]
    [InlineData("; server_max_window_bits=9", 15, "; server_max_window_bits=9", 9)]
    [InlineData("; server_max_window_bits=15", 15, "; server_max_window_bits=15", 15)]
    [InlineData("; server_max_window_bits=15", 12, "; server_max_window_bits=12", 12)]
    [InlineData("; server_max_window_bits=10", 12, "; server_max_window_bits=10", 10)]
    [InlineData("; server_max_window_bits=\"1\\0\"", 12, "; server_max_window_bits=10", 10)]
    public void Section_7_1_2_1_the_servers_window_is_the_smaller_one(string offered, int wanted, string answered, int agreed)
    {
        var parameters = ExpectAgreed("permessage-deflate" + offered, _takeover with { ServerMaxWindowBits = wanted }, "permessage-deflate" + answered);
        Assert.Equal(agreed, parameters.ServerMaxWindowBits);
    }

    [Theory]
    [InlineData("", 15, "", 15)]
    [InlineData("", 10, "", 15)]
    [InlineData("; client_max_window_bits", 15, "", 15)]
    [InlineData("; client_max_window_bits", 10, "; client_max_window_bits=10", 10)]
    [InlineData("; client_max_window_bits=12", 15, "; client_max_window_bits=12", 12)]
    [InlineData("; client_max_window_bits=12", 12, "; client_max_window_bits=12", 12)]
    [InlineData("; client_max_window_bits=12", 9, "; client_max_window_bits=9", 9)]
    [InlineData("; client_max_window_bits=8", 15, "; client_max_window_bits=8", 8)]
    [InlineData("; client_max_window_bits=15", 8, "; client_max_window_bits=8", 8)]
    public void Section_7_1_2_2_the_clients_window_is_requested_if_the_client_supports_it(string offered, int wanted, string answered, int agreed)
    {
        var parameters = ExpectAgreed("permessage-deflate" + offered, _takeover with { ClientMaxWindowBits = wanted }, "permessage-deflate" + answered);
        Assert.Equal(agreed, parameters.ClientMaxWindowBits);
    }

    [Theory]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=0")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=010")]
    [InlineData("permessage-deflate; server_max_window_bits=1")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    [InlineData("permessage-deflate; server_max_window_bits=-9")]
    [InlineData("permessage-deflate; server_max_window_bits=9.0")]
    [InlineData("permessage-deflate; server_max_window_bits=0x9")]
    [InlineData("permessage-deflate; server_max_window_bits=ten")]
    [InlineData("permessage-deflate; server_max_window_bits=20")]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999999999999")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=09")]
    [InlineData("permessage-deflate; client_max_window_bits=\"16\"")]
    [InlineData("permessage-deflate; SERVER_NO_CONTEXT_TAKEOVER")]
    [InlineData("Permessage-Deflate")]
    [InlineData("permessage-deflate2")]
    [InlineData("permessage-bzip2")]
    [InlineData("x-webkit-deflate-frame; no_context_takeover")]
    [InlineData("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=16")]
    public void An_unsupported_offer_is_declined(string offers) => Assert.Equal(Declined, Accept(offers, DeflateOptions.Default, out _));

    [Theory]
    [InlineData("permessage-deflate; unknown, permessage-deflate", "permessage-deflate")]
    [InlineData("permessage-deflate; server_max_window_bits=16, permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=9, permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=9")]
    [InlineData("permessage-deflate, permessage-deflate; server_no_context_takeover", "permessage-deflate")]
    [InlineData("permessage-deflate, permessage-deflate; unknown", "permessage-deflate")]
    [InlineData("foo; server_max_window_bits=9, permessage-deflate, bar; client_no_context_takeover", "permessage-deflate")]
    public void Section_5_the_first_acceptable_offer_is_accepted(string offers, string response) => ExpectAgreed(offers, _takeover, response);

    [Theory]
    [InlineData("")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; server_max_window_bits=")]
    [InlineData("permessage-deflate, foo bar")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10")]
    [InlineData("foo;, permessage-deflate")]
    public void A_grammar_error_anywhere_makes_the_header_malformed(string offers) => Assert.Equal(Malformed, Accept(offers, _takeover, out _));

    [Fact]
    public void The_longest_response_fits()
    {
        var options = new DeflateOptions { ServerMaxWindowBits = 10, ClientMaxWindowBits = 10 };
        var parameters = ExpectAgreed(
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits",
            options,
            "permessage-deflate" + Server + Client + "; server_max_window_bits=10; client_max_window_bits=10");
        Assert.Equal(new DeflateParameters(false, false, 10, 10), parameters);
        Assert.Equal(
            DeflateElementWriter.MaxLength, "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10".Length);
    }

    private static DeflateParameters ExpectAgreed(string offers, DeflateOptions options, string response)
    {
        Assert.Equal(response, Accept(offers, options, out var parameters));
        return parameters;
    }

    private static string Accept(string offers, DeflateOptions options, out DeflateParameters parameters)
    {
        var response = new byte[DeflateElementWriter.MaxLength];
        switch (ServerNegotiation.Accept(Encoding.Latin1.GetBytes(offers), options, response, out var length, out parameters))
        {
            case NegotiationStatus.Agreed:
                return Encoding.Latin1.GetString(response, 0, length);
            case NegotiationStatus.Declined:
                Assert.Equal(0, length);
                return Declined;
            default:
                Assert.Equal(0, length);
                return Malformed;
        }
    }
}
