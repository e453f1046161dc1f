using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server;

namespace TPacket.Sqlite.Tests;

/// <summary>The sources of the options, and their validation.</summary>
public class SqliteOptionsTests
{
    [Fact]
    public void Options_come_from_the_configuration_and_code_overrides_them()
    {
        var options = Bind(
            new()
            {
                ["TPacket:Sqlite:Path"] = "configured.db",
                ["TPacket:Sqlite:Durability"] = "Full",
                ["TPacket:Sqlite:CommitPeriod"] = "0.010",
                ["TPacket:Sqlite:RetentionMessages"] = "7",
            },
            static options => options.RetentionMessages = 8);

        Assert.Equal(
            ("configured.db", SqliteDurability.Full, TimeSpan.FromMilliseconds(10), 8), (options.Path, options.Durability, options.CommitPeriod, options.RetentionMessages));
    }

    [Theory]
    [InlineData("Path", "", "TPacket:Sqlite:Path must name a file, but is empty.")]
    [InlineData("Path", "  ", "TPacket:Sqlite:Path must name a file, but is   .")]
    [InlineData("Path", "a\0b", "TPacket:Sqlite:Path must name a file, but is a\\0b.")]
    [InlineData("Durability", "7", "TPacket:Sqlite:Durability must be one of Process, Full, but is 7.")]
    [InlineData("MaxWalBytes", "33554431", "TPacket:Sqlite:MaxWalBytes must be 33554432 to 9223372036854775807, but is 33554431.")]
    [InlineData("QueueOperations", "0", "TPacket:Sqlite:QueueOperations must be 1 to 10000000, but is 0.")]
    [InlineData("RetentionDays", "1", "TPacket:Sqlite:RetentionDays is not a setting. Did you mean TPacket:Sqlite:RetentionBytes?")]
    [InlineData("Pth", "x", "TPacket:Sqlite:Pth is not a setting. Did you mean TPacket:Sqlite:Path?")]
    public void A_value_out_of_range_is_rejected(string setting, string value, string complaint)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["TPacket:Sqlite:Path"] = "chat.db", [$"TPacket:Sqlite:{setting}"] = value }));
        Assert.Equal([complaint], error.Failures);
    }

    [Fact]
    public void A_value_that_cannot_be_parsed_is_rejected_with_its_name()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["TPacket:Sqlite:CommitPeriod"] = "soon" }));
        Assert.Contains("TPacket:Sqlite:CommitPeriod", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_store_names_the_database_for_tracing()
    {
        using var provider = Build(new() { ["TPacket:Sqlite:Path"] = "chat.db" });
        object[] stores = [provider.GetRequiredService<IRoomStore>(), provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<IUserIdStore>()];
        Assert.All(stores, static store => Assert.Equal("sqlite", Assert.IsAssignableFrom<IDatabaseStore>(store).SystemName));
    }

    private static SqliteOptions Bind(Dictionary<string, string?> configuration, Action<SqliteOptions>? configure = null)
    {
        using var provider = Build(configuration, configure);
        return provider.GetRequiredService<IOptions<SqliteOptions>>().Value;
    }

    private static ServiceProvider Build(Dictionary<string, string?> configuration, Action<SqliteOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddTPacketServer().UseSqlite(configure);
        return services.BuildServiceProvider();
    }
}
