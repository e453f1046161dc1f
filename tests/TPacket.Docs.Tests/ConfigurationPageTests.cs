using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>docs/configuration.md describes the options as the code and its validation have them.</summary>
public class ConfigurationPageTests
{
    private static readonly Dictionary<string, string[]> _rows =
        Pages.Rows("docs/configuration.md", "Settings").ToDictionary(cells => cells[0].Trim('`'));

    [Fact]
    public void The_page_has_every_option_and_no_other()
    {
        Assert.Equal(Options().Select(option => option.Name).Order(StringComparer.Ordinal), _rows.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_defaults_are_those_of_the_options()
    {
        var defaults = new TPacketServerOptions();

        foreach (var option in Options())
        {
            var documented = _rows[option.Name][3].Trim('`');
            var value = option.GetValue(defaults);
            if (value is ICollection list)
                Assert.Equal(("none", 0), (documented, list.Count));
            else
                Assert.Equal(value, Read(option, documented));
        }
    }

    [Fact]
    public void The_ranges_are_those_that_are_enforced()
    {
        var ranged = Options().Where(option => option.PropertyType == typeof(int) || option.PropertyType == typeof(TimeSpan)).ToArray();
        Assert.NotEmpty(ranged);

        foreach (var option in ranged)
        {
            var bounds = _rows[option.Name][4].Split(" to ").Select(bound => Read(option, bound.Trim('`'))).ToArray();
            Assert.Equal(2, bounds.Length);

            Assert.Null(Complaint(option, bounds[0]));
            Assert.Null(Complaint(option, bounds[1]));
            var range = string.Create(CultureInfo.InvariantCulture, $"TPacket:{option.Name} must be {bounds[0]} to {bounds[1]}, but is ");
            Assert.StartsWith(range, Complaint(option, Beside(bounds[0]!, -1)), StringComparison.Ordinal);
            Assert.StartsWith(range, Complaint(option, Beside(bounds[1]!, 1)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_values_of_enumerations_are_all_named()
    {
        foreach (var option in Options().Where(option => option.PropertyType.IsEnum))
            Assert.Equal(Enum.GetNames(option.PropertyType).Select(name => $"`{name}`"), _rows[option.Name][4].Split(", "));
    }

    [Fact]
    public void The_example_of_endpoints_passes_validation_but_for_its_missing_certificate()
    {
        var block = Assert.Single(Regex.Matches(Pages.Read("docs/configuration.md"), "^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)).Groups[1].Value;
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(block))).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration);
        services.AddTPacketServer();
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value);

        // Only the certificate is missing here.
        Assert.Equal(
            ["TPacket:Endpoints:1:Certificate must be the path of an existing file, but is /etc/tls/chat.pem.", "TPacket:Endpoints:1:CertificateKey must be the path of an existing file, but is /etc/tls/chat.key."],
            refused.Failures);
    }

    private static PropertyInfo[] Options() => typeof(TPacketServerOptions).GetProperties();

    private static object? Read(PropertyInfo option, string text) => TypeDescriptor.GetConverter(option.PropertyType).ConvertFromInvariantString(text);

    private static object Beside(object bound, int direction) => bound is TimeSpan time ? time + TimeSpan.FromTicks(direction) : (int)bound + direction;

    /// <summary>Returns the validation's message for a value of an option, or null.</summary>
    private static string? Complaint(PropertyInfo option, object? value)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddTPacketServer(options => option.SetValue(options, value));
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<TPacketServerOptions>>().Value;
            return null;
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.FirstOrDefault(failure => failure.StartsWith($"TPacket:{option.Name} ", StringComparison.Ordinal));
        }
    }
}
