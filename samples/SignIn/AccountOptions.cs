namespace SignIn;

/// <summary>The accounts of the settings.</summary>
internal sealed class AccountOptions
{
    /// <summary>The accounts. Names differ.</summary>
    public IList<Account> Accounts { get; } = [];
}
