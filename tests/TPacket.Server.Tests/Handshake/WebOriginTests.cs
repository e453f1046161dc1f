using System.Text;
using Microsoft.Extensions.Options;
using TPacket.Server.Handshake;
using TPacket.Server.Options;

namespace TPacket.Server.Tests.Handshake;

/// <summary>Internationalised names of origins, as a host writes them. <see cref="GlobalizationTests"/> runs these tests where globalization is invariant, too.</summary>
public class WebOriginTests
{
    private const string Expected = "xn--bcher-kva.example";

    // Whether this process has ICU.
    private static readonly bool _normalises = "e\u0301".Normalize(NormalizationForm.FormC).Length == 1;

    [Theory]
    [InlineData("https://b\u00FCcher.example")]
    [InlineData("https://bu\u0308cher.example")]
    [InlineData("https://BU\u0308CHER.example")]
    [InlineData("https://\uFF42\u00FCcher.example")]
    public void A_name_is_compared_as_browsers_send_it_or_ends_the_start_with_a_message(string setting)
    {
        if (_normalises)
        {
            Assert.True(WebOrigin.TryParseSetting(setting, out var origin));
            Assert.Equal(Expected, origin.Host);
            Assert.True(Validate(setting).Succeeded);
            return;
        }

        var message = Assert.Single(Validate(setting).Failures!);
        Assert.Contains("TPacket:AllowedOrigins:0", message, StringComparison.Ordinal);
        Assert.Contains("xn--", message, StringComparison.Ordinal);
        Assert.Contains("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_ASCII_is_accepted_in_every_mode()
    {
        Assert.True(WebOrigin.TryParseSetting($"https://{Expected}", out var origin));
        Assert.Equal(Expected, origin.Host);
        Assert.True(Validate($"https://{Expected}").Succeeded);
    }

    private static ValidateOptionsResult Validate(string origin) => new TPacketServerOptionsValidator().Validate(null, new TPacketServerOptions { AllowedOrigins = [origin] });
}
