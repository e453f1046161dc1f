using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>docs/configuration.md describes the options of rooms in a file as the code and its validation have them.</summary>
public class PersistencePageTests
{
    private static readonly Dictionary<string, string[]> _rows =
        Pages.Rows("docs/configuration.md", "Rooms in a file").ToDictionary(cells => cells[0].Trim('`'));

    [Fact]
    public void The_page_has_every_option_with_its_default()
    {
        var defaults = new SqliteOptions();

        Assert.Equal(Options().Select(option => option.Name).Order(StringComparer.Ordinal), _rows.Keys.Order(StringComparer.Ordinal));
        foreach (var option in Options())
        {
            var value = option.GetValue(defaults);
            Assert.Equal(value is "" ? "empty" : value, value is "" ? _rows[option.Name][3] : Read(option, _rows[option.Name][3].Trim('`')));
        }
    }

    [Fact]
    public void The_ranges_are_those_that_are_enforced()
    {
        foreach (var option in Options().Where(option => option.PropertyType == typeof(int) || option.PropertyType == typeof(TimeSpan)))
        {
            var bounds = _rows[option.Name][4].Split(" to ").Select(bound => Read(option, bound.Trim('`'))).ToArray();
            Assert.Equal(2, bounds.Length);
            Assert.Null(Complaint(option, bounds[0]));
            Assert.Null(Complaint(option, bounds[1]));
            var range = string.Create(CultureInfo.InvariantCulture, $"TPacket:Sqlite:{option.Name} must be {bounds[0]} to {bounds[1]}, but is ");
            Assert.StartsWith(range, Complaint(option, Beside(bounds[0]!, -1)), StringComparison.Ordinal);
            if (bounds[1] is not int.MaxValue)
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
    public void The_page_has_every_metric_with_its_unit()
    {
        var published = new List<string>();
        var folder = Directory.CreateTempSubdirectory("tpacket-docs-");
        try
        {
            var services = new ServiceCollection().AddLogging().AddMetrics();
            services.AddTPacketServer().UseSqlite(options => options.Path = Path.Combine(folder.FullName, "chat.db"));
            using var provider = services.BuildServiceProvider();
            // Tests that run at the same time have stores, too.
            var meters = provider.GetRequiredService<IMeterFactory>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, _) =>
                {
                    if (instrument.Meter.Name == "TPacket.Sqlite" && ReferenceEquals(instrument.Meter.Scope, meters))
                        published.Add($"{instrument.Name} {instrument.Unit}");
                },
            };
            _ = provider.GetRequiredService<IRoomStore>();
            listener.Start();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var rows = Pages.Rows("docs/persistence.md", "Metrics").Select(cells => $"{cells[0].Trim('`')} {cells[1].Trim('`')}");
        // Another test may have a store of its own at the same time.
        Assert.Equal(rows.Order(StringComparer.Ordinal), published.Distinct().Order(StringComparer.Ordinal));
    }

    private static PropertyInfo[] Options() => typeof(SqliteOptions).GetProperties();

    private static object? Read(PropertyInfo option, string text) => TypeDescriptor.GetConverter(option.PropertyType).ConvertFromInvariantString(text);

    private static object Beside(object bound, int direction) => bound is TimeSpan time ? time + TimeSpan.FromTicks(direction) : (int)bound + direction;

    /// <summary>Returns the validation's message for a value of an option, or null.</summary>
    private static string? Complaint(PropertyInfo option, object? value)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddTPacketServer().UseSqlite(options =>
        {
            options.Path = "chat.db";
            option.SetValue(options, value);
        });
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<SqliteOptions>>().Value;
            return null;
        }
        catch (OptionsValidationException e)
        {
            return e.Failures.FirstOrDefault(failure => failure.StartsWith($"TPacket:Sqlite:{option.Name} ", StringComparison.Ordinal));
        }
    }
}
