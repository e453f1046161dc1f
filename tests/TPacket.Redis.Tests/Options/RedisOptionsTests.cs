using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server;

namespace TPacket.Redis.Tests;

/// <summary>The sources of the options, and their validation.</summary>
public class RedisOptionsTests
{
    [Fact]
    public void Options_come_from_the_configuration_and_code_overrides_them()
    {
        var options = Bind(
            new()
            {
                ["TPacket:Redis:Configuration"] = "configured:6379",
                ["TPacket:Redis:NodeLease"] = "9",
                ["TPacket:Redis:RetentionMessages"] = "7",
            },
            static builder => builder.UseRedis(configure: static options => options.RetentionMessages = 8));

        Assert.Equal(("configured:6379", TimeSpan.FromSeconds(9), 8), (options.Configuration, options.NodeLease, options.RetentionMessages));
    }

    [Fact]
    public void The_call_can_set_the_servers()
    {
        Assert.Equal("code:6380", Bind(new() { ["TPacket:Redis:Configuration"] = "configured:6379" }, static builder => builder.UseRedis("code:6380")).Configuration);
    }

    [Theory]
    [InlineData("Configuration", "", "TPacket:Redis:Configuration must be a configuration string of StackExchange.Redis that names a server, such as localhost:6379.")]
    [InlineData("Configuration", "password=secret", "TPacket:Redis:Configuration must be a configuration string of StackExchange.Redis that names a server, such as localhost:6379.")]
    [InlineData("Configuration", "host:6379,nonsense=secret", "TPacket:Redis:Configuration must be a configuration string of StackExchange.Redis that names a server, such as localhost:6379.")]
    [InlineData("KeyPrefix", "a{b}", "TPacket:Redis:KeyPrefix must be 1 to 64 ASCII characters without spaces and braces.")]
    [InlineData("KeyPrefix", "", "TPacket:Redis:KeyPrefix must be 1 to 64 ASCII characters without spaces and braces.")]
    [InlineData("NodeLease", "00:05:01", "TPacket:Redis:NodeLease must be 00:00:01 to 00:05:00, but is 00:05:01.")]
    [InlineData("RenewalPeriod", "00:00:03", "TPacket:Redis:RenewalPeriod must be 00:00:00.1000000 to 00:00:02, but is 00:00:03.")]
    [InlineData("SweepPeriod", "00:00:00", "TPacket:Redis:SweepPeriod must be 00:00:00.1000000 to 00:01:00, but is 00:00:00.")]
    [InlineData("DeliveryInterval", "00:00:01.5", "TPacket:Redis:DeliveryInterval must be 00:00:00 to 00:00:01, but is 00:00:01.5000000.")]
    [InlineData("QueueMessages", "0", "TPacket:Redis:QueueMessages must be 1 to 10000000, but is 0.")]
    [InlineData("RetentionMessages", "-1", "TPacket:Redis:RetentionMessages must be 0 to 1000000, but is -1.")]
    [InlineData("RetentionBytes", "-1", "TPacket:Redis:RetentionBytes must be 0 to 2147483647, but is -1.")]
    [InlineData("RetentionPeriod", "-00:00:01", "TPacket:Redis:RetentionPeriod must be 00:00:00 to 36500.00:00:00, but is -00:00:01.")]
    [InlineData("NodeLeas", "9", "TPacket:Redis:NodeLeas is not a setting. Did you mean TPacket:Redis:NodeLease?")]
    public void A_value_out_of_range_is_rejected(string setting, string value, string complaint)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["TPacket:Redis:Configuration"] = "host:6379", [$"TPacket:Redis:{setting}"] = value }, static builder => builder.UseRedis()));
        Assert.Equal([complaint], error.Failures);
    }

    [Fact]
    public void A_value_that_cannot_be_parsed_is_rejected_with_its_name()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(new() { ["TPacket:Redis:NodeLease"] = "soon" }, static builder => builder.UseRedis()));
        Assert.Contains("TPacket:Redis:NodeLease", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_store_names_the_database_for_tracing()
    {
        using var provider = Build([], static builder => builder.UseRedis("host:6379"));
        object[] stores = [provider.GetRequiredService<IRoomStore>(), provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<IUserIdStore>()];
        Assert.All(stores, static store => Assert.Equal("redis", Assert.IsAssignableFrom<IDatabaseStore>(store).SystemName));
    }

    private static RedisOptions Bind(Dictionary<string, string?> configuration, Action<ITPacketServerBuilder> use)
    {
        using var provider = Build(configuration, use);
        return provider.GetRequiredService<IOptions<RedisOptions>>().Value;
    }

    private static ServiceProvider Build(Dictionary<string, string?> configuration, Action<ITPacketServerBuilder> use)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        use(services.AddTPacketServer());
        return services.BuildServiceProvider();
    }
}
